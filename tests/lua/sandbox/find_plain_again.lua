-- expect: limit
local s = ("x"):rep(900000)
while true do s:find("y", 1, true) end
