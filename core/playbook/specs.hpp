// Specs: tests/*.lua of a playbook's folder in words of the domain. This room runs the Lua; whoever holds the conversations
// stands behind SpecWorld and SpecTalk.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "playbook/definition.hpp"

namespace overture::playbook {

/// A conversation as a spec sees it.
struct Standing {
    struct Line {
        std::string direction, text, channel, stage;  ///< direction: in, out, note
        Instant at;
        bool earlier = false;  ///< was there before the spec's own conversation began
    };
    struct Review {
        std::string draft, verdict;
        std::vector<std::string> reasons;
    };
    std::string stage, state, reason, language, channel, sentiment, variant;
    std::vector<std::string> checkpoints;  ///< reached
    int score = 0;
    Json unconfirmed = Json::object();  ///< understood, and not confirmed yet
    std::string zone;                   ///< the lead's
    Json lead, facts;
    Instant now;
    std::vector<Line> messages;
    std::size_t news = 0;  ///< messages from here on came with the last thing that happened
    std::vector<std::string> offered;
    std::optional<Json> meeting;  ///< {"text", "manager", "from", "to"} of a booked one
    std::vector<Review> reviews;  ///< with the last thing that happened
    std::vector<std::string> channels, optedOut;
    Json why;  ///< what the engine noted of its last turn
};

/// One conversation that a spec holds. Whatever it cannot do it says by throwing Error.
class SpecTalk {
public:
    virtual ~SpecTalk() = default;
    virtual void hears(const std::string& text, const std::string& channel) = 0;
    virtual void later(seconds time) = 0;
    virtual void modelSays(const Json& answer) = 0;
    virtual void overseerSays(const Json& answer) = 0;
    virtual void modelsFail(bool failing) = 0;
    virtual void takeOver() = 0;
    virtual void giveBack() = 0;
    virtual const Standing& standing() = 0;
};

/// Begins conversations from what a spec writes into conversation { … }.
class SpecWorld {
public:
    virtual ~SpecWorld() = default;
    virtual std::unique_ptr<SpecTalk> begin(const Json& options) = 0;
    virtual const Definition& definition() const = 0;
};

struct SpecCase {
    std::string file, name;  ///< "price objection: is answered twice and then let go"
    int line = 0;
    int number = 0;  ///< in its file, from 1
};

struct SpecFailure {
    std::string place;              ///< "tests/price.lua:9"
    std::string what;               ///< "expected the conversation to be booked"
    std::string instead;            ///< "there is no meeting"; may be empty
    std::string hint;               ///< "Did you mean …?"; may be empty
    std::vector<std::string> said;  ///< every conversation of the case so far, one line each
};

struct SpecListing {
    std::vector<SpecCase> cases;
    std::vector<Finding> mistakes;  ///< why the file cannot be read
};

/// tests/*.lua of a playbook's folder by path ("tests/price.lua"); empty when there are none. Throws Error for an unreadable
/// folder.
Files readSpecs(const std::string& directory);
/// The cases of one file, in order. Never throws for an author's mistake.
SpecListing listSpecs(const Files& specs, const std::string& file);
/// Runs one case in a fresh Lua state, within SpecLimits; nothing: it holds.
std::optional<SpecFailure> runSpec(const Files& specs, const SpecCase& which, SpecWorld& world);

/// "Mon 14 Sep 2026 10:00  lead  yes" for each of the last `most` messages, and where it stands now.
std::vector<std::string> transcript(const Standing& standing, std::size_t most);

/// What one case may cost besides the sandbox's limits.
struct SpecLimits {
    static constexpr int kActs = 500;
    static constexpr int kConversations = 20;
    static constexpr std::int64_t kInstructions = 5'000'000;
    static constexpr milliseconds kTime{20'000};
};

/// Every word of a spec, made from the tables that define them: for docs/playbooks.md and for the editor.
std::string specReferenceMarkdown();
std::string specEditorTypes();

}  // namespace overture::playbook
