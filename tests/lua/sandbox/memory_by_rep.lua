-- expect: limit memory
return #string.rep("x", 1 << 40)
