-- expect: limit
local t = setmetatable({}, { __index = function(_, k) while true do k = k .. "" end end })
return (("x"):gsub("x", t))
