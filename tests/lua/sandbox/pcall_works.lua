-- expect: ok [true,1,2]
local ok, a, b = pcall(function(x, y) return x, y end, 1, 2)
return ok, a, b
