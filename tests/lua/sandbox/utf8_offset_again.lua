-- expect: limit
local s = ("é"):rep(400000)
while true do utf8.offset(s, -400000) end
