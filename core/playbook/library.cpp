#include "playbook/library.hpp"

namespace overture::playbook {

const std::vector<LibraryWord>& libraryWords() {
    static const std::vector<LibraryWord> all = {
        {"", "assert", "(value, message?)", "an error unless the value holds"},
        {"", "error", "(message, level?)", "ends the function with an error; the turn holds for a person"},
        {"", "getmetatable", "(table)", "here: of tables only"},
        {"", "ipairs", "(list)", "1, 2, 3 … in order"},
        {"", "next", "(table, key?)", "here: numbers, texts, booleans, each in order"},
        {"", "pairs", "(table)", "here: numbers, texts, booleans, each in order; the same on every machine"},
        {"", "pcall", "(function, …)", "here: cannot catch a limit"},
        {"", "print", "(…)", "here: into the output of `overture lua`; bounded"},
        {"", "rawequal", "(a, b)", "equal without metamethods"},
        {"", "rawget", "(table, key)", "read without metamethods"},
        {"", "rawlen", "(value)", "length without metamethods"},
        {"", "rawset", "(table, key, value)", "written without metamethods"},
        {"", "select", "(number or \"#\", …)", "arguments from a place on, or how many there are"},
        {"", "setmetatable", "(table, metatable)",
         "here: without __gc, __close, __mode; read when it is set"},
        {"", "tonumber", "(value, base?)", "a number, or nil"},
        {"", "tostring", "(value)", "here: never an address"},
        {"", "type", "(value)", "\"nil\", \"boolean\", \"number\", \"string\", \"table\", \"function\""},
        {"", "xpcall", "(function, handler, …)", "here: cannot catch a limit"},
        {"", "_G", "", "the table of all names"},
        {"", "_VERSION", "", "\"Lua 5.4\""},
        {"string", "byte", "(text, from?, to?)", "bytes as numbers"},
        {"string", "char", "(…)", "numbers as bytes"},
        {"string", "find", "(text, pattern, from?, plain?)", "here: every step of a pattern is counted"},
        {"string", "format", "(form, …)", "here: without %p, and no addresses"},
        {"string", "gmatch", "(text, pattern)", "here: every step of a pattern is counted"},
        {"string", "gsub", "(text, pattern, instead, most?)", "here: every step of a pattern is counted"},
        {"string", "len", "(text)", "bytes"},
        {"string", "lower", "(text)", "small letters, ASCII only"},
        {"string", "match", "(text, pattern, from?)", "here: every step of a pattern is counted"},
        {"string", "rep", "(text, times, between?)", "here: refused before it is too long"},
        {"string", "reverse", "(text)", "backwards, byte by byte"},
        {"string", "sub", "(text, from, to?)", "a part"},
        {"string", "upper", "(text)", "capital letters, ASCII only"},
        {"table", "concat", "(list, between?, from?, to?)", "here: looks at the table itself"},
        {"table", "insert", "(list, place?, value)", "here: looks at the table itself"},
        {"table", "move", "(list, from, to, place, into?)", "here: looks at the table itself"},
        {"table", "pack", "(…)", "{ n = …, … }"},
        {"table", "remove", "(list, place?)", "here: looks at the table itself"},
        {"table", "sort", "(list, before?)", "here: keeps equal elements in order"},
        {"table", "unpack", "(list, from?, to?)", "here: looks at the table itself"},
        {"math", "abs", "(x)", "without its sign"},
        {"math", "ceil", "(x)", "the whole number above"},
        {"math", "exp", "(x)", "e to the x"},
        {"math", "floor", "(x)", "the whole number below"},
        {"math", "fmod", "(x, y)", "the rest of x / y, with the sign of x"},
        {"math", "huge", "", "more than every number"},
        {"math", "log", "(x, base?)", "logarithm"},
        {"math", "max", "(x, …)", "the greatest"},
        {"math", "maxinteger", "", "the greatest whole number"},
        {"math", "min", "(x, …)", "the least"},
        {"math", "mininteger", "", "the least whole number"},
        {"math", "modf", "(x)", "whole part and fraction"},
        {"math", "pi", "", "3.14159…"},
        {"math", "random", "(from?, to?)",
         "here: from the turn's seed; the same turn draws the same numbers"},
        {"math", "sqrt", "(x)", "square root"},
        {"math", "tointeger", "(x)", "a whole number, or nil"},
        {"math", "type", "(x)", "\"integer\", \"float\" or nil"},
        {"math", "ult", "(a, b)", "less, as numbers without a sign"},
        {"utf8", "char", "(…)", "characters by their numbers"},
        {"utf8", "charpattern", "", "the pattern of one character"},
        {"utf8", "codepoint", "(text, from?, to?)", "the numbers of characters"},
        {"utf8", "codes", "(text)", "place and number of each character"},
        {"utf8", "len", "(text, from?, to?)", "characters, or nil and where the text is none"},
        {"utf8", "offset", "(text, n, from?)", "where the n-th character begins"},
    };
    return all;
}

std::vector<std::string> libraryNames(const std::string& library) {
    std::vector<std::string> names;
    for (const auto& word : libraryWords())
        if (library == word.library) names.emplace_back(word.name);
    return names;
}

}  // namespace overture::playbook
