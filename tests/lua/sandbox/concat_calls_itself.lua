-- expect: any
local meta = {}
meta.__concat = function(a, b) return setmetatable({}, meta) .. b end
return setmetatable({}, meta) .. "x"
