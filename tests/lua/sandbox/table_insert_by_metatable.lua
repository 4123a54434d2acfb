-- expect: ok 1
-- A lying __len must not make C loop: table functions look at the table itself.
local t = setmetatable({}, { __len = function() return 1 << 62 end })
table.insert(t, 1, "x")
local n = 0
for _ in pairs(t) do n = n + 1 end
return n
