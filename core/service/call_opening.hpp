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
        std::string engine;       ///< whose calls they become
        seconds sign;             ///< for so long at first
        seconds longest;          ///< no call may last longer
        Recordings* recordings;   ///< nothing: no call is recorded
        agent::Library* library;  ///< nothing: no words of playbooks
    };
    CallOpening(store::Database& database, const Clock& clock, agent::Instances& instances, Options options)
        : database_(database), clock_(clock), instances_(instances), options_(std::move(options)) {}

    /// A token opens one call of its binding, once; nothing when there is none. Throws when the call's campaign has no voice, which it
    /// does not need where its carrier hears and speaks (`words`).
    std::optional<OpenedCall> take(const OrganizationId& organization, const BindingId& binding,
                                   const std::string& token, const std::string& reference, bool words);
    /// As Calls::known.
    std::optional<Json> known(const OrganizationId& organization, const BindingId& binding,
                              const std::string& call, const std::string& reference);
    /// What is kept of a token.
    static std::string digestOf(const std::string& token);

private:
    /// `sound`: it comes to us, and may be recorded; `refused`: not this person's.
    call::Plan planOf(const CallFacts& facts, const Json& manners, const Json& parts, const Json& settings,
                      bool sound, bool refused);
    Json mannersFor(const std::string& language, const Json& settings) const;
    /// Nothing where there is none, or it cannot be read.
    std::shared_ptr<const playbook::Definition> playbookOf(const OrganizationId& organization,
                                                           const std::string& version) const;
    seconds longestOf(const Json& settings) const;
    /// A text of the playbook as it is said aloud; nothing when there is none, or a placeholder has no value.
    std::vector<std::string> aloud(const playbook::Definition& definition, const playbook::Texts& texts,
                                   const std::string& language, const store::Row& row) const;
    std::shared_ptr<Tape> record(store::Transaction& tx, const CallFacts& facts, const Json& bindings);

    store::Database& database_;
    const Clock& clock_;
    agent::Instances& instances_;
    const Options options_;
};

}  // namespace overture::service
