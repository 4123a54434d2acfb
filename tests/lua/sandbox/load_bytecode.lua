-- expect: error
return load("\27Lua")
