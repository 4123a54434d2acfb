-- expect: error
return select(-1 << 62, 1)
