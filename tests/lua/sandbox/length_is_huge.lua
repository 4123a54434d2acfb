-- expect: limit
local t = setmetatable({}, { __len = function() return math.maxinteger end })
for i = 1, #t do t[i] = i end
