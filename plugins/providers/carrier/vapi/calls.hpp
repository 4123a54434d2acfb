#pragma once

#include "overture/plugin.hpp"
#include "settings.hpp"

namespace overture::vapi {

/// carrier.call/1 over Vapi's Calls. Holds nothing that changes: any number of threads.
class Calls final : public sdk::CallCarrier {
public:
    Calls(sdk::Host host, Settings settings) : host_(host), settings_(std::move(settings)) {}

    sdk::Answer start(const sdk::Json& request, const sdk::Call& call) override;
    /// By reference, or else among the calls since then by the name that each was given: our own id of it.
    sdk::Answer lookup(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer end(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer transfer(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer webhook(const sdk::Json& request, const sdk::Call&) override;

private:
    sdk::HttpAnswer ask(const std::string& method, const std::string& url, const sdk::Json& body,
                        std::int64_t deadlineMs) const;
    sdk::Answer control(const sdk::Json& request, const sdk::Json& order, const sdk::Call& call) const;

    sdk::Host host_;
    Settings settings_;
};

}  // namespace overture::vapi
