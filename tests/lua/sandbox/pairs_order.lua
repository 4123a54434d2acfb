-- expect: ok "1 2 10 a b c"
local t = {}
for _, k in ipairs { "c", 10, "a", 2, "b", 1 } do t[k] = true end
local seen = {}
for k in pairs(t) do seen[#seen + 1] = tostring(k) end
return table.concat(seen, " ")
