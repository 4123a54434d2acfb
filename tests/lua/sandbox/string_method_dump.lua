-- expect: error
-- ("x"):dump must not find the library's own table behind the strings' metatable.
return ("x").dump
  and "found" or error("not there")
