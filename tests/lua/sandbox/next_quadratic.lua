-- expect: limit
local t = {}
for i = 1, 20000 do t["k" .. i] = i end
for _ = 1, 1e6 do next(t) end
