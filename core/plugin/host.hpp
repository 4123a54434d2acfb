// Room plugin: loads plugins behind the C interface of plugins/sdk/abi, offers them services, and calls them.
#pragma once

#include <overture/call.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "net/http_client.hpp"
#include "plugin/recorder.hpp"

namespace overture::plugin {

/// What came of a call, chosen for what the engine must decide next (docs/plugins.md).
enum class Outcome {
    ok,
    invalid,
    unsupported,
    auth,
    rejected,
    limited,
    transient,
    unknown,
    cancelled,
    internal
};
std::string_view nameOf(Outcome outcome);

struct Reply {
    Outcome outcome = Outcome::internal;
    Json document;        ///< the answer when ok; otherwise null
    std::string code;     ///< the vendor's own code, if any
    std::string message;  ///< for operators; never a customer's data
    std::optional<milliseconds> retryAfter;
    bool notCalled =
        false;  ///< transient: as many calls of the binding as may run at once ran until the deadline

    bool ok() const { return outcome == Outcome::ok; }
};

/// Takes a part of an answer's content; false: enough.
using Pieces = std::function<bool(std::string_view content)>;

using Secrets = std::map<std::string, std::string>;

/// What a transcriber's stream says it hears. On any thread, also inside the stream's own functions, but never two at once and none
/// after the stream is gone. None may block, throw, or call the stream.
class Hearing {
public:
    virtual ~Hearing() = default;
    /// `words` of docs/plugins.md.
    virtual void words(const Json& document) = 0;
    /// Once, last: ok when all before `finish` has been heard.
    virtual void ended(const Reply& why) = 0;
};

/// One stream at a transcriber, which holds its instance. One thread at a time; none of it blocks. Its end is the stream's.
class Listening {
public:
    virtual ~Listening() = default;
    virtual void audio(std::string_view bytes) = 0;
    virtual void finish() = 0;
};

/// One stream of speech.converse/1: it also answers.
class Conversing : public Listening {
public:
    /// speech.converse/1 `answer`: the content goes to `pieces` as it comes, the sound of what is said in it to `sound`, both on this
    /// thread; false from one of them ends it with what came. One at a time, beside the stream's other functions; ended before the
    /// stream is.
    virtual Reply answer(std::string_view request, milliseconds deadline, const Pieces& pieces,
                         const Pieces& sound) = 0;
};

/// One plugin opened with one binding's settings and secrets. Many threads may call at once.
class Instance {
public:
    virtual ~Instance() = default;
    virtual const std::string& plugin() const = 0;
    virtual bool offers(std::string_view capability) const = 0;
    /// A model that plays from the request's `context` and does not write from its messages (`reads_context` in plugin.json).
    virtual bool readsContext() const { return true; }
    /// For example ("carrier.message/1", "send", document, 10 s). A capability or operation the plugin lacks gives
    /// `unsupported`; a plugin that breaks the contract gives `internal` with the reason. Never throws for a
    /// plugin's fault.
    virtual Reply call(std::string_view capability, std::string_view operation, const Json& request,
                       milliseconds deadline) = 0;
    /// The same for a request that is JSON text already.
    virtual Reply callText(std::string_view capability, std::string_view operation, std::string_view request,
                           milliseconds deadline);
    /// The checked table of a capability whose functions are no operations, and the object to call it with; nullptr when it is
    /// not offered. Who keeps it keeps this instance.
    struct Table {
        const void* table = nullptr;
        overture_instance_t* object = nullptr;
    };
    virtual Table tableOf(std::string_view capability) {
        static_cast<void>(capability);
        return {};
    }
    /// The same, and the answer's content goes to `pieces` as it comes, on this thread before the call returns; false from there
    /// ends the call with what came (finish "stopped"). A plugin that does not give its answer in parts calls it never.
    virtual Reply callInPieces(std::string_view capability, std::string_view operation,
                               std::string_view request, milliseconds deadline, const Pieces& pieces);
    /// Whether a call would have to wait for another of this binding to end.
    virtual bool busy() const { return false; }
    /// speech.synthesize/1 `speak`: the audio goes to `sink` as it comes, which says false when nobody listens any more.
    virtual Reply speak(const Json& request, const std::function<bool(std::string_view bytes)>& sink,
                        milliseconds deadline);
    /// storage/1 `put`: the object is borrowed.
    virtual Reply put(const Json& request, std::string_view object, milliseconds deadline);
    /// storage/1 `get`: the bytes go to `sink` as they come, which says false when nobody wants more.
    virtual Reply get(const Json& request, const std::function<bool(std::string_view bytes)>& sink,
                      milliseconds deadline);
    /// speech.transcribe/1 `listen`: with ok, `listening` is set. `hearing` outlives it.
    virtual Reply listen(const Json& request, Hearing& hearing, std::unique_ptr<Listening>& listening,
                         milliseconds deadline);
    /// speech.converse/1 `listen`, the same way.
    virtual Reply converse(const Json& request, Hearing& hearing, std::unique_ptr<Conversing>& conversing,
                           milliseconds deadline);
};

/// One row of `overture plugin list`.
struct Listing {
    std::string id, version, path;
    std::string state;          ///< "loaded", "refused" or "disabled"
    std::string stage, reason;  ///< for refused: where in loading, and one sentence
    std::vector<std::string> capabilities;
    Json manifest;  ///< plugin.json
};

/// What plugins are offered. The host keeps references; they must outlive it.
struct Services {
    static constexpr int kCallsAtOnce = 256;

    net::HttpClient& http;
    const Clock& clock;
    int callsAtOnce = kCallsAtOnce;  ///< of a binding that says no other number
};

/// Where the secrets of one binding are kept, for those that their vendor replaces. Any thread.
class SecretKeeper {
public:
    virtual ~SecretKeeper() = default;
    /// As it is now, whoever replaced it; nothing when there is none.
    virtual std::optional<std::string> find(const std::string& name) = 0;
    /// Changes it from `before` to `value`; one that somebody else has changed meanwhile stays. Throws when it cannot be kept.
    virtual void replace(const std::string& name, const std::string& before, const std::string& value) = 0;
};

/// What holds for one binding beside its settings and secrets.
struct Terms {
    /// Of those that go out so many run at a time, the others wait in line as long as their deadline allows; 0: what the
    /// services say. What only reads what it is given (a webhook, a draft) never waits.
    int callsAtOnce = 0;
    std::shared_ptr<SecretKeeper> keeper =
        {};  ///< nothing: a secret that is replaced is known until the engine ends
    std::shared_ptr<Recorder> recorder = {};  ///< what its HTTP exchanges are written down by
};

class Host {
public:
    explicit Host(Services services);
    ~Host();
    /// Loads every plugin folder (one with a plugin.json) below `directory`. A refusal is listed, never thrown.
    /// Already loaded ids are refused as duplicates.
    void loadAll(const std::string& directory);
    /// One plugin folder. The Listing says what became of it.
    Listing load(const std::string& folder);
    std::vector<Listing> list() const;

    /// Opens a plugin for one binding. Settings are checked against the manifest's JSON schema ("settings_schema").
    Result<std::shared_ptr<Instance>> open(const std::string& plugin, const Json& settings,
                                           const Secrets& secrets, Terms terms = {});

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace overture::plugin
