-- expect: ok "1 2 10 a b c false true"
local t = { c = 1, a = 1, b = 1, [10] = 1, [true] = 1, [false] = 1, 1, 1 }
local seen = {}
for k in next, t do seen[#seen + 1] = tostring(k) end
return table.concat(seen, " ")
