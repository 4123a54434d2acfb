-- expect: any
return #{ table.unpack({}, 1, 1 << 24) }
