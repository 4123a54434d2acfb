-- expect: any
local meta = {}
meta.__eq = function(a, b) return setmetatable({}, meta) == setmetatable({}, meta) end
return setmetatable({}, meta) == setmetatable({}, meta)
