-- expect: limit
-- Never much at once, but without end.
while true do local _ = string.rep("x", 1 << 20) end
