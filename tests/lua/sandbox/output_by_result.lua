-- expect: limit output
return string.rep("x", 1 << 20)
