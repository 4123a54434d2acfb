-- Made by `overture playbook words --luacheck`; do not edit. The words that a playbook, its people and its specs may use.
std = "none"
exclude_files = { "playbooks/meta/**", "tests/lua/sandbox/**", "build/**" }  -- generated; hostile on purpose
max_line_length = false  -- a wording stands on one line
local pure = {
    assert = {},
    error = {},
    getmetatable = {},
    ipairs = {},
    next = {},
    pairs = {},
    pcall = {},
    print = {},
    rawequal = {},
    rawget = {},
    rawlen = {},
    rawset = {},
    select = {},
    setmetatable = {},
    tonumber = {},
    tostring = {},
    type = {},
    xpcall = {},
    _G = {},
    _VERSION = {},
    string = { fields = { byte = {}, char = {}, find = {}, format = {}, gmatch = {}, gsub = {}, len = {}, lower = {}, match = {}, rep = {}, reverse = {}, sub = {}, upper = {}, } },
    table = { fields = { concat = {}, insert = {}, move = {}, pack = {}, remove = {}, sort = {}, unpack = {}, } },
    math = { fields = { abs = {}, ceil = {}, exp = {}, floor = {}, fmod = {}, huge = {}, log = {}, max = {}, maxinteger = {}, min = {}, mininteger = {}, modf = {}, pi = {}, random = {}, sqrt = {}, tointeger = {}, type = {}, ult = {}, } },
    utf8 = { fields = { char = {}, charpattern = {}, codepoint = {}, codes = {}, len = {}, offset = {}, } },
}
local words = { "file", "playbook", "stage", "booking", "objection", "touch", "template", "variant", "checkpoint", "text", "number", "money", "yes_no", "one_of", "date", "time", "phone", "email", "postal_code", "person", "usd", "inr", "gbp" }
local specs = { "describe", "it", "before_each", "conversation", "expect", "usd", "inr", "gbp" }
local function with(names)
    local all = {}
    for name, fields in pairs(pure) do all[name] = fields end
    for _, name in ipairs(names) do all[name] = {} end
    return all
end
read_globals = with(words)
files["**/people/*.lua"] = { read_globals = with(words) }
files["**/tests/*.lua"] = { read_globals = with(specs) }
