#pragma once

#include <cstddef>

#include "overture/plugin.hpp"

namespace overture::voice {

/// channel.message/1 for what a call begins with: its text as sentences, those first that may not be interrupted.
class Texts final : public sdk::Channel {
public:
    /// Settings: longest (characters, default 1200).
    explicit Texts(const sdk::Json& settings);
    sdk::Answer window(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer compose(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer read(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer measure(const sdk::Json& request, const sdk::Call& call) override;

private:
    std::size_t longest_;
};

/// channel.call/1.
class Manners final : public sdk::CallChannel {
public:
    sdk::Answer manners(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer follow(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer speak(const sdk::Json& request, const sdk::Call& call) override;
};

}  // namespace overture::voice
