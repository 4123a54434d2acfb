-- expect: error
error(string.rep("x", 1 << 20))
