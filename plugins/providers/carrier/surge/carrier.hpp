#pragma once

#include "overture/plugin.hpp"
#include "settings.hpp"

namespace overture::surge {

/// carrier.message/1 over Surge's messages. Holds nothing that changes: any number of threads.
class Carrier final : public sdk::Carrier {
public:
    Carrier(sdk::Host host, Settings settings) : host_(host), settings_(std::move(settings)) {}

    sdk::Answer send(const sdk::Json& request, const sdk::Call& call) override;
    /// By reference. Messages cannot be listed, so without one an absence is never to be trusted.
    sdk::Answer lookup(const sdk::Json& request, const sdk::Call& call) override;
    /// An opt-out names only the contact: its number is asked for, and the call is answered with an error until it is known, so
    /// that Surge repeats it.
    sdk::Answer webhook(const sdk::Json& request, const sdk::Call& call) override;
    /// By the address alone, which Surge signs; the key goes to no other place than the API.
    sdk::Answer media(const sdk::Json& request, const sdk::Call& call) override;

private:
    sdk::HttpAnswer get(const std::string& path, std::int64_t deadlineMs) const;
    sdk::Answer optOut(const sdk::Json& event, const sdk::Call& call) const;

    sdk::Host host_;
    Settings settings_;
};

}  // namespace overture::surge
