-- expect: error
for line in io.lines("/etc/hostname") do print(line) end
