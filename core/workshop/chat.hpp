#pragma once

#include <memory>
#include <string>
#include <vector>

#include "workshop/trial.hpp"

namespace overture::workshop {

/// How a chat shows itself.
struct ChatStyle {
    bool colours = false;
};

/// A person at a terminal talks to a playbook as its lead. Every line is either what the lead writes or a command: /help lists
/// them. One thread.
class Chat {
public:
    /// `options` as conversation { … } has them; `people` as playbook::people() gives them; specs are saved below `directory`.
    Chat(const Bench& bench, Json options, Json people, std::string directory, ChatStyle style = {});

    /// What is shown first.
    std::string greeting();
    /// What one line gives. Never throws for what the line says.
    std::string line(const std::string& text);
    bool done() const { return done_; }

private:
    struct Step {
        Trial::State before;
        std::string lua;  ///< how a spec says it
    };
    std::string command(const std::string& name, const std::string& rest);
    std::string hears(const std::string& text);
    std::string later(const std::string& time);
    std::string back(const std::string& count);
    std::string as(const std::string& rest);
    std::string save(const std::string& rest);
    std::string startAgain();
    template <typename Act>
    std::string step(const std::string& lua, Act act);
    std::string news();
    std::string panel();
    std::string paint(const char* colour, const std::string& text) const;

    const Bench& bench_;
    Json options_, people_;
    std::string directory_;
    ChatStyle style_;
    std::unique_ptr<Trial> trial_;
    std::vector<Step> steps_;
    bool done_ = false;
};

/// `text` as a Lua string in double quotes.
std::string luaQuoted(const std::string& text);
/// A JSON value as Lua writes it.
std::string luaValue(const Json& value);
/// What this simulated person says to `heard`: nothing when they stay silent. `number` chooses among several wordings.
std::optional<std::string> answerOf(const Json& person, const std::string& heard, std::size_t number);

}  // namespace overture::workshop
