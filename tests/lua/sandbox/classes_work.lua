-- expect: ok "rex: woof"
local Dog = {}
Dog.__index = Dog
function Dog.new(name) return setmetatable({ name = name }, Dog) end
function Dog:speak() return self.name .. ": woof" end
return Dog.new("rex"):speak()
