-- expect: ok "table function table"
return tostring({}) .. " " .. tostring(print) .. " " .. tostring(string)
