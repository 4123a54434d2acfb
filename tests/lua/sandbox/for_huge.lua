-- expect: limit instructions
for _ = 1, math.maxinteger do end
