-- expect: error
return table.concat(setmetatable({}, { __index = type }), "", 1, 1 << 60)
