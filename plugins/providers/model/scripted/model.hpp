#pragma once

#include "overture/plugin.hpp"

namespace overture::scripted {

/// A model that reads no prompt: it plays from the request's `context` with plain rules. Any thread.
class ScriptedModel final : public sdk::Model {
public:
    sdk::Answer complete(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer estimate(const sdk::Json&, const sdk::Call&) override {
        return sdk::Answer::ok({{"cost_micros", 0}, {"currency", "USD"}});
    }
};

}  // namespace overture::scripted
