-- expect: limit
local s = ("é"):rep(400000)
while true do utf8.len(s) end
