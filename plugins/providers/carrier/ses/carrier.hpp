#pragma once

#include <memory>

#include "notice.hpp"
#include "overture/plugin.hpp"
#include "settings.hpp"

namespace overture::ses {

/// carrier.message/1 over SES v2. Any number of threads.
class Carrier final : public sdk::Carrier {
public:
    Carrier(sdk::Host host, Settings settings) : host_(host), settings_(std::move(settings)) {}

    /// The reference is the Message-ID that SES gives the message: answers name it.
    sdk::Answer send(const sdk::Json& request, const sdk::Call& call) override;
    /// SES cannot be asked what became of a message: {found: false, trusted: false}. Asks for the account; `about` is its quota.
    sdk::Answer lookup(const sdk::Json& request, const sdk::Call& call) override;
    /// Signed notices of the SNS topic; a subscription of that topic is confirmed.
    sdk::Answer webhook(const sdk::Json& request, const sdk::Call& call) override;

private:
    sdk::HttpAnswer ask(const char* method, const std::string& path, const std::string& body,
                        std::int64_t deadlineMs) const;
    sdk::Answer proved(const sdk::Json& notice, std::int64_t deadlineMs);

    sdk::Host host_;
    Settings settings_;
    std::shared_ptr<Certificates> certificates_ = std::make_shared<Certificates>();
};

}  // namespace overture::ses
