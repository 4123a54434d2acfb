-- expect: limit instructions
return string.rep("x", 4000):match(".-.-.-.-.-.-.-y")
