-- expect: limit memory
return #string.rep("abc", math.maxinteger)
