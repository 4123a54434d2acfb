-- expect: limit memory
local piece, t = string.rep("x", 1 << 16), {}
for i = 1, 10000 do t[i] = piece end
return #table.concat(t)
