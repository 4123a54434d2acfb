-- expect: limit
local function f() return 1 + (select(2, pcall(f)) or 0) end
while true do pcall(f) end
