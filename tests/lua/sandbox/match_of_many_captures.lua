-- expect: error
return ("x"):rep(100):match(("(x)"):rep(40))
