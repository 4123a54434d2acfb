// One run of one spec file: what its words work on.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "playbook/specs.hpp"
#include "playbook/vm.hpp"

namespace overture::playbook {

struct SpecRun {
    struct Open {
        std::string place;
        std::unique_ptr<SpecTalk> talk;
        std::function<void()> last;  ///< what :twice() does again
        bool outOfDate = false;
    };

    const Files& files;
    std::string file;
    int wanted = 0;  ///< 0: only list
    SpecWorld* world = nullptr;
    int count = 0;  ///< of it, so far
    std::vector<SpecCase> cases = {};
    std::vector<std::string> path = {};  ///< of describe
    std::vector<int> before = {};        ///< before_each, registry references, outermost first
    std::vector<int> wantedBefore = {};  ///< those of the wanted case
    int wantedBody = LUA_NOREF;
    bool inCase = false;
    int acts = 0;
    std::vector<std::unique_ptr<Open>> talks = {};
    std::optional<SpecFailure> failure = {};

    static SpecRun& of(lua_State* state) {
        return *static_cast<SpecRun*>(lua_touserdata(state, lua_upvalueindex(1)));
    }
    /// Ends the case; the script cannot catch it away, as the failure is kept here.
    [[noreturn]] void fail(lua_State* state, std::string what, std::string instead = {},
                           std::string hint = {});
    /// Ends the case with what `body` throws.
    void guarded(lua_State* state, const std::function<void()>& body);
    std::vector<std::string> said() const;
};

/// The talk table whose conversation is `talks[index]`.
void pushSpecTalk(lua_State* state, SpecRun& run, std::size_t index);
/// The conversation of the talk table at `index` of the stack; null when it is none.
SpecRun::Open* specTalkAt(lua_State* state, SpecRun& run, int index);
/// expect(value): upvalue 1 the run.
int specExpect(lua_State* state);
/// Raises unless every key of the table at `index` is among `known`: "conversation has no "staeg"; did you mean …".
void refuseUnknownKeys(lua_State* state, int index, const std::string& word,
                       const std::vector<std::string>& known);

/// A word of specs, for the reference and for "did you mean".
struct SpecWord {
    const char* name;
    const char* signature;  ///< "talk:hears(text, { channel = … })"
    const char* about;
};
const std::vector<SpecWord>& specGlobals();
const std::vector<SpecWord>& specOptions();  ///< of conversation { … }
const std::vector<SpecWord>& specTalkActs();
const std::vector<SpecWord>& specTalkViews();
const std::vector<SpecWord>& specAnswerKeys();  ///< of talk:model_says { … }
std::vector<SpecWord> specExpectations();

}  // namespace overture::playbook
