-- expect: limit memory
for _ = 1, 100 do
  pcall(function() local s = "x" while true do s = s .. s end end)
end
return "survived"
