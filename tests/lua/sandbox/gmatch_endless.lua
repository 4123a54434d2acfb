-- expect: ok 11
local count = 0
for _ in ("0123456789"):gmatch("") do count = count + 1 end
return count
