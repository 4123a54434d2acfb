-- expect: limit memory
local t, long = {}, ("x"):rep(100000)
for i = 1, 1000 do t[i] = long end
return #table.concat(t)
