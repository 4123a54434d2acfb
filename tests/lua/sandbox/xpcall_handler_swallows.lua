-- expect: limit instructions
local ok = xpcall(function() while true do end end, function() return "calm" end)
return ok
