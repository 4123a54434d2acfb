-- expect: any
local function again() error("again") end
return (xpcall(again, function() again() end))
