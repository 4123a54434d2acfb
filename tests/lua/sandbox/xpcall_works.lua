-- expect: ok [false,"handled: xpcall_works.lua:2: boom"]
return xpcall(function() error("boom") end, function(m) return "handled: " .. m end)
