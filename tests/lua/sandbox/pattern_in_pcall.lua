-- expect: limit instructions
pcall(string.match, string.rep("x", 4000), ".-.-.-.-.-.-.-y")
return "survived"
