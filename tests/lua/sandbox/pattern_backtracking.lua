-- expect: limit instructions
return (string.rep("a", 5000) .. "b"):find("a*a*a*a*a*a*a*c")
