#pragma once

#include "overture/plugin.hpp"
#include "settings.hpp"
#include "webhook.hpp"

namespace overture::twilio {

/// carrier.call/1 over Twilio's Calls resource. Holds nothing that changes: any number of threads.
class Calls final : public sdk::CallCarrier {
public:
    Calls(sdk::Host host, Settings settings) : host_(host), settings_(std::move(settings)) {}

    sdk::Answer start(const sdk::Json& request, const sdk::Call& call) override;
    /// By reference, or else among the calls between these two numbers by time. An absence is to be trusted once `settled_seconds`
    /// have passed since `sent_after`.
    sdk::Answer lookup(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer end(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer transfer(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer webhook(const sdk::Json& request, const sdk::Call&) override {
        return readWebhook(settings_, request);
    }

private:
    sdk::HttpAnswer ask(const std::string& method, const std::string& path, const std::string& body,
                        std::int64_t deadlineMs) const;
    sdk::Answer change(const std::string& reference, const std::string& form, const sdk::Call& call) const;

    sdk::Host host_;
    Settings settings_;
};

}  // namespace overture::twilio
