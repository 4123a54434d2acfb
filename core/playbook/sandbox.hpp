// What a script may call besides the words of the vocabulary: pure libraries by allow list (library.hpp has it).
//
// Base       assert error getmetatable ipairs next pairs pcall print rawequal rawget rawlen rawset select
// setmetatable
//            tonumber tostring type xpcall _G _VERSION
//   changed  next, pairs: fixed order (law 9). pcall, xpcall: cannot catch a limit. tostring: no addresses.
//   print: into
//            the output, bounded. setmetatable: no __gc, __close, __mode; metamethods are those there at the
//            call. getmetatable: tables only, so the strings' own metatable stays out of reach.
//   left out collectgarbage (tells and steers memory), dofile load loadfile loadstring require (code from
//   elsewhere),
//            warn (writes to standard error)
// string     byte char find format gmatch gsub len lower match rep reverse sub upper
//   changed  find, match, gmatch, gsub: a matcher that counts its steps. format: no %p, no addresses. rep:
//   size first. left out dump (bytecode), pack packsize unpack (binary layouts: no use in a conversation)
// table      concat insert move pack remove sort unpack; all work on the raw table and charge for every
// element.
//            sort is a merge sort: the same order on every machine, no bad worst case, stable.
// math       abs ceil exp floor fmod huge log max maxinteger min mininteger modf pi random sqrt tointeger
// type ult
//   changed  random: from the turn's seed
//   left out randomseed (the turn owns the seed), sin cos tan asin acos atan deg rad (no use; their last bit
//   differs
//            between C libraries)
// utf8       char charpattern codepoint codes len offset
// left out   coroutine (see vm.hpp), debug (reaches every other state), io os package (the world outside)
#pragma once

#include <cstdint>
#include <string>

#include "playbook/vm.hpp"

namespace overture::playbook {

/// Fills the globals of a new state. `seed` feeds math.random; `printed` collects what print writes (may be
/// null). Call inside Vm::protect; `printed` must outlive the state.
void openSandbox(lua_State* state, std::uint64_t seed, std::string* printed);

/// Loads text (never bytecode) as a chunk named `name` and leaves the function on the stack; a syntax error
/// is raised.
void loadChunk(lua_State* state, const std::string& text, const std::string& name);

/// The same for a text that is loaded again and again (a playbook's, turn by turn): it is compiled once in this process and kept, as
/// long as all that is kept stays small. Any thread.
void loadKept(lua_State* state, const std::string& text, const std::string& name);

/// Pushes what tostring gives: no address in it. Calls __tostring.
void pushText(lua_State* state, int index);

// The parts, each pushing one table.
void pushStrings(lua_State* state);
void pushTables(lua_State* state);

}  // namespace overture::playbook
