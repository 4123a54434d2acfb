-- expect: error
local t = { [{}] = 1, [{}] = 2 }
for _ in pairs(t) do end
