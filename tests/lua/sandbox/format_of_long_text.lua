-- expect: limit
local s = ("x"):rep(90000)
while true do string.format("%q", s) end
