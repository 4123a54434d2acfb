-- expect: limit
while true do local _ = string.rep("x", 1 << 20) end
