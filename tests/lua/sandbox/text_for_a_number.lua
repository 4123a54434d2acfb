-- expect: limit
local s = ("1"):rep(1000000)
while true do math.abs(s); math.max(s, s) end
