-- expect: ok 0
setmetatable(_G, { __index = function() while true do end end })
return 0
