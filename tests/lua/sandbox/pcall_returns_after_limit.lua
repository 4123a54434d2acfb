-- expect: limit instructions
local ok, why = pcall(function() while true do end end)
return "survived", ok, why
