#pragma once

#include <algorithm>
#include <array>
#include <optional>

#include "overture/documents.hpp"
#include "overture/plugin.hpp"

namespace overture::openai_speech {

using sdk::Json;

/// What the `code` of OpenAI's {code, type, message, param} means whatever came with it; nothing when it says too little.
inline std::optional<sdk::Answer> byCode(const Json& error, const std::string& said) {
    using sdk::Answer, sdk::Outcome;
    constexpr std::array kNoAccount{"insufficient_quota", "billing_hard_limit_reached",
                                    "account_deactivated"};
    constexpr std::array kNoKey{"invalid_api_key", "invalid_organization", "missing_scope",
                                "authentication_error"};
    const auto is = [&](const auto& codes, const char* name) {
        return std::find(codes.begin(), codes.end(), sdk::textOf(error, name)) != codes.end();
    };
    auto code = sdk::textOf(error, "code");
    if (code.empty()) code = sdk::textOf(error, "type");
    if (is(kNoAccount, "code") || is(kNoAccount, "type"))
        return Answer::no(Outcome::auth, said + ": what the account has is used up", code);
    if (is(kNoKey, "code") || is(kNoKey, "type"))
        return Answer::no(Outcome::auth, said + ": check its key and permissions", code);
    if (code == "rate_limit_exceeded" || code == "rate_limit_error")
        return Answer::no(Outcome::limited, said + ": it asks to slow down", code);
    if (code == "model_not_found")
        return Answer::no(Outcome::invalid, said + ": it has no such model for this account", code);
    return std::nullopt;
}

}  // namespace overture::openai_speech
