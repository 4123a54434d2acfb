-- expect: any
local t = {}
for _ = 1, 300 do t = setmetatable({}, { __call = t }) end
return t()
