-- expect: limit output
for _ = 1, 100000 do print("xxxxxxxxxxxxxxxxxxxxxxxxx") end
