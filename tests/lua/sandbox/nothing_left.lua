-- expect: ok ""
local found = {}
for _, name in ipairs { "io", "os", "debug", "package", "coroutine", "require", "load", "loadstring", "loadfile",
                        "dofile", "collectgarbage", "warn", "setfenv", "getfenv", "newproxy" } do
  if _G[name] ~= nil then found[#found + 1] = name end
end
for _, name in ipairs { "dump", "pack", "unpack", "packsize" } do
  if string[name] ~= nil then found[#found + 1] = "string." .. name end
end
if math.randomseed then found[#found + 1] = "math.randomseed" end
return table.concat(found, " ")
