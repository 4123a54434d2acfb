-- expect: error
return require("os")
