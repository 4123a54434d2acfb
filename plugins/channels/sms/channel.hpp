#pragma once

#include <cstddef>

#include "overture/plugin.hpp"

namespace overture::sms {

/// channel.message/1 for text messages. Holds nothing but its settings: any number of threads.
class Channel final : public sdk::Channel {
public:
    /// Settings: straighten (default true), longest (characters of one message, default 1600).
    explicit Channel(const sdk::Json& settings);

    sdk::Answer window(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer compose(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer read(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer measure(const sdk::Json& request, const sdk::Call& call) override;

private:
    bool straighten_;
    std::size_t longest_;
};

}  // namespace overture::sms
