-- expect: ok 1
local t = { a = 1, b = 2, c = 3 }
for k in pairs(t) do t[k] = nil t.b = nil end
local n = 1
for _ in pairs(t) do n = n + 1 end
return n
