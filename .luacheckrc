-- The words that a playbook, its people and its specs may use (core/playbook). Nothing of Lua's input and output.
std = "none"
exclude_files = { "playbooks/meta/**", "tests/lua/sandbox/**", "build/**" }  -- generated; hostile on purpose
max_line_length = false  -- a wording stands on one line
local pure = {
    "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "print", "rawequal", "rawget", "rawlen",
    "rawset", "select", "setmetatable", "tonumber", "tostring", "type", "xpcall",
    "math", "string", "table", "utf8",
}
local words = {
    "playbook", "stage", "booking", "objection", "touch", "file", "person",
    "text", "number", "money", "yes_no", "one_of", "date", "time", "phone", "email", "postal_code", "usd", "inr", "gbp",
}
local function joined(...)
    local all = {}
    for _, list in ipairs { ... } do
        for _, word in ipairs(list) do all[#all + 1] = word end
    end
    return all
end
read_globals = joined(pure, words)
files["**/people/*.lua"] = { read_globals = joined(pure, { "person" }) }
files["**/tests/*.lua"] = { read_globals = joined(pure, words, { "describe", "it", "before_each", "conversation", "expect" }) }
