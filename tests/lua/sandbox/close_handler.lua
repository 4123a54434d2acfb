-- expect: error
-- Nothing of the script may run when a value is let go.
return setmetatable({}, { __close = function() end })
