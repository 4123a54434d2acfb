-- expect: ok "quiet"
local ran = "quiet"
local mt = {}
setmetatable({}, mt)
mt.__gc = function() ran = "ran" end
setmetatable({}, getmetatable(setmetatable({}, {})))
for _ = 1, 2000 do local _ = { {}, {}, {} } end
return ran
