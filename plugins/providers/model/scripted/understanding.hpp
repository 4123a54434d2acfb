#pragma once

#include <optional>
#include <string>

#include "signals.hpp"
#include "words.hpp"

namespace overture::scripted {

/// What a lead's message means in the light of a context.
struct Understanding {
    Signals signals;
    Json facts = Json::object();
    std::optional<Json> objection;  ///< of the context's objections
    std::optional<Json> move;       ///< of the context's moves
    bool declined = false;
    int slotChoice = 0;
    std::string slotAnswer;
    std::string factAnswer;
    std::string language, sentiment = "neutral";
};

Understanding understand(const Json& context);

}  // namespace overture::scripted
