#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/parts.hpp"
#include "base/clock.hpp"
#include "base/json.hpp"
#include "service/tapes.hpp"
#include "store/database.hpp"
#include "tenant/tenants.hpp"

namespace overture::service {

struct RecordingsOptions {
    std::string folder;          ///< tapes, and what is kept for who has no storage of their own
    std::string publicUrl = {};  ///< how people reach this engine: where its links lead
};

/// The recordings of calls: what is taped goes to its campaign's storage, links to it are given, and what nobody may have any more is
/// removed there. Any thread.
class Recordings {
public:
    static constexpr const char* kPath = "/recordings/";
    static constexpr seconds kLinksHold{900};

    /// The references outlive it. Throws Error when the folder cannot be used.
    Recordings(store::Database& database, const Clock& clock, agent::Instances& instances,
               const tenant::Vault& vault, RecordingsOptions options);
    ~Recordings();

    /// A call begins to be recorded: its row is written in this transaction, its tape is there.
    std::unique_ptr<Tape> begin(store::Transaction& tx, const OrganizationId& organization, const Uuid& call,
                                const std::optional<BindingId>& storage);

    /// The person of this call does not want to be recorded: what there is of it is removed, users are told, and no later call to them is
    /// recorded. Once; false when they said so before.
    static bool refuse(store::Transaction& tx, const OrganizationId& organization, const std::string& call,
                       Instant now);

    /// Where a recording can be listened to, for 15 minutes: {url, expires_at}. Throws Error when nothing leads there.
    Json link(const OrganizationId& organization, const Uuid& call, int part,
              const std::optional<BindingId>& storage, const std::string& key) const;

    /// What is answered at one of our own links, to the range of bytes asked for ("bytes=0-99"; "": all).
    struct Listening {
        int status = 200;  ///< 206, 404, 410 (over), 416, 503
        std::int64_t from = 0, bytes = 0, whole = 0;
        std::string words;  ///< with any other than 200 and 206: one sentence
        /// Hands the bytes over in order; false: that did not go well.
        std::function<bool(const std::function<bool(std::string_view)>& sink)> read;
    };
    Listening listen(const std::string& path, const std::string& range) const;

    /// Tries once to remove what is due; how many it tried.
    int removeDue();
    void hurry() { tapes_->hurry(); }  ///< what waits to be stored is tried now

private:
    bool store(const TapeFacts& facts, const std::string& file, milliseconds length);
    void forget(store::Transaction& tx, const TapeFacts& facts) const;
    std::string signatureOf(const std::string& what) const;
    std::string stored(const std::string& key) const { return options_.folder + "/stored/" + key; }

    store::Database& database_;
    const Clock& clock_;
    agent::Instances& instances_;
    const tenant::Vault& vault_;
    const RecordingsOptions options_;
    Uuid folder_;
    std::unique_ptr<Tapes> tapes_;  // last: its threads store
};

}  // namespace overture::service
