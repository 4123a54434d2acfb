-- expect: limit memory
local s = string.rep("a", 100000)
return #s:gsub("a", string.rep("b", 1000))
