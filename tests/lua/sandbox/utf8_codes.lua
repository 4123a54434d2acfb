-- expect: ok 3
local n = 0
for _ in utf8.codes("aéह") do n = n + 1 end
return n
