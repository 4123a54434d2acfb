-- expect: error
return string.format("%p", {})
