-- expect: limit memory
local all, n = {}, 0
while true do n = n + 1; all["key" .. n] = true end
