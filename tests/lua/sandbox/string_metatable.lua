-- expect: ok "nil"
return type(getmetatable("x"))
