#pragma once

#include "overture/plugin.hpp"

namespace overture::scripted {

/// A model that reads no prompt: it plays from the request's `context` with plain rules. Any thread.
class ScriptedModel final : public sdk::Model {
public:
    sdk::Answer complete(const sdk::Json& request, const sdk::Call& call) override;
};

}  // namespace overture::scripted
