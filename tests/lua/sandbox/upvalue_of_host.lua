-- expect: error
return debug.upvalueid(print, 1)
