-- expect: any
local meta = {}
meta.__index = function(t, k) return t[k .. "x"] end
return setmetatable({}, meta).x
