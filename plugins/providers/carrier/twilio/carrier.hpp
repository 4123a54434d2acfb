#pragma once

#include "overture/plugin.hpp"
#include "settings.hpp"
#include "webhook.hpp"

namespace overture::twilio {

/// carrier.message/1 over Twilio's Messages resource. Holds nothing that changes: any number of threads.
class Carrier final : public sdk::Carrier {
public:
    Carrier(sdk::Host host, Settings settings) : host_(host), settings_(std::move(settings)) {}

    sdk::Answer send(const sdk::Json& request, const sdk::Call& call) override;
    /// By reference, or else among the messages to this recipient by text and time. Not filtered by DateSent:
    /// a message still in Twilio's queue has none. An absence is to be trusted only once `settled_seconds`
    /// have passed since `sent_after` and the whole list was read; until then the document says ask_again_ms.
    sdk::Answer lookup(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer webhook(const sdk::Json& request, const sdk::Call& call) override {
        static_cast<void>(call);
        return readWebhook(settings_, request);
    }
    /// Of this account's own addresses only; where Twilio sends on to a store of its own, the key is not sent along.
    sdk::Answer media(const sdk::Json& request, const sdk::Call& call) override;

private:
    sdk::HttpAnswer get(const std::string& path, std::int64_t deadlineMs) const;
    sdk::Answer lookupReference(const std::string& reference, const sdk::Call& call) const;
    sdk::Answer lookupText(const sdk::Json& request, const sdk::Call& call) const;

    sdk::Host host_;
    Settings settings_;
};

}  // namespace overture::twilio
