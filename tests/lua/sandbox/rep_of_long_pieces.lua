-- expect: ok true
return ("ab"):rep(3, "-") == "ab-ab-ab" and ("x"):rep(1, "-") == "x" and ("x"):rep(0) == "" and #("abc"):rep(70000, "") == 210000
  and (""):rep(5, ",") == ",,,,"
