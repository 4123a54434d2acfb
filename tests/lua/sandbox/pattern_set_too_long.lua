-- expect: error
return ("x"):find("[" .. string.rep("a", 100000) .. "]")
