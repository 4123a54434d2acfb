-- expect: error
return string.rep("a", 500):find(string.rep("a?", 250) .. "b") or string.rep("a", 500):find(string.rep("(a", 40))
