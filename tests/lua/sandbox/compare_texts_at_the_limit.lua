-- expect: limit
local a, b = ("x"):rep(1048000) .. "a", ("x"):rep(1048000) .. "b"
while true do if a == b or a > b then return 1 end end
