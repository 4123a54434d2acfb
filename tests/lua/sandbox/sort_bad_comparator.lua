-- expect: ok 3
local t = { 3, 1, 2 }
table.sort(t, function() return true end)
return #t
