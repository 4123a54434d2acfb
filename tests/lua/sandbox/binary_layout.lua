-- expect: error
return string.pack("z", "x")
