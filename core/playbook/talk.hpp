// `talk`: what a script sees of a conversation and may do to it. Views are made when they are first looked
// at.
#pragma once

#include <string>
#include <vector>

#include "playbook/definition.hpp"
#include "playbook/vm.hpp"

namespace overture::playbook {

class Talk {
public:
    explicit Talk(const TalkView& view, AskTool ask = {}) : view_(view), ask_(std::move(ask)) {}

    /// Makes the talk table from the playbook's own table (for its stages and facts) at `playbook` and keeps
    /// both in the registry. Inside Vm::protect.
    void open(lua_State* state, int playbook);
    /// Pushes the talk table.
    static void push(lua_State* state);
    /// Pushes the table that playbook { … } returned.
    static void pushPlaybook(lua_State* state);

    void setFacts(lua_State* state, const Json& facts);

    /// A move function may look and ask a tool, but not act. Resets `missedFact`.
    void decideOnly(bool yes);
    /// True when a fact was asked for that is declared and not known yet.
    bool missedFact() const { return missedFact_; }
    std::vector<Act> takeActs() { return std::move(acts_); }

private:
    static int index(lua_State* state);
    static int factIndex(lua_State* state);
    static int act(lua_State* state);
    int use(lua_State* state);
    void pushView(lua_State* state, const std::string& name);
    void pushFacts(lua_State* state);
    void pushNow(lua_State* state) const;
    void readAct(lua_State* state, Act& act);

    TalkView view_;
    AskTool ask_;
    std::vector<Act> acts_;
    bool decideOnly_ = false, missedFact_ = false, outward_ = false;
};

}  // namespace overture::playbook
