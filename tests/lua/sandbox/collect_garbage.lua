-- expect: error
return collectgarbage("count")
