-- expect: limit
local s = ("ab "):rep(30000)
while true do s:gsub("%f[%w]%w+", "") end
