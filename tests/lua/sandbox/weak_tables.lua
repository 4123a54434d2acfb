-- expect: error
return setmetatable({}, { __mode = "k" })
