// Inside service: from a token that came over a socket to the call that it opens.
#pragma once

#include <optional>
#include <string>

#include "agent/parts.hpp"
#include "base/clock.hpp"
#include "call/session.hpp"
#include "service/live_call.hpp"
#include "service/recordings.hpp"
#include "store/database.hpp"

namespace overture::service {

struct OpenedCall {
    CallFacts facts;
    call::Plan plan;
};

/// Finds calls by their tokens and makes what they are held with. Any thread; waits for the database and for plugins.
class CallOpening {
public:
    struct Options {
        std::string engine;      ///< whose calls they become
        seconds sign;            ///< for so long at first
        seconds longest;         ///< no call may last longer
        Recordings* recordings;  ///< nothing: no call is recorded
    };
    CallOpening(store::Database& database, const Clock& clock, agent::Instances& instances, Options options)
        : database_(database), clock_(clock), instances_(instances), options_(std::move(options)) {}

    /// A token opens one call of its binding, once; nothing when there is none. Throws when the call's campaign has no voice, which it
    /// does not need where its carrier hears and speaks (`words`).
    std::optional<OpenedCall> take(const OrganizationId& organization, const BindingId& binding,
                                   const std::string& token, const std::string& reference, bool words);
    /// What is kept of a token.
    static std::string digestOf(const std::string& token);

private:
    /// `sound`: it comes to us, and may be recorded.
    call::Plan planOf(const CallFacts& facts, const Json& parts, const Json& settings, bool sound);
    std::shared_ptr<Tape> record(store::Transaction& tx, const CallFacts& facts, const Json& bindings);

    store::Database& database_;
    const Clock& clock_;
    agent::Instances& instances_;
    const Options options_;
};

}  // namespace overture::service
