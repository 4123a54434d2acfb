// overture campaign start, pause, resume, stop.
#include <iostream>

#include "base/time.hpp"
#include "campaign/control.hpp"
#include "cli/campaign_named.hpp"

namespace overture::cli {
namespace {

enum class Act { start, pause, resume, stop };

campaign::StateChange change(Act act, store::Database& database, const MeantCampaign& meant) {
    const auto now = SystemClock{}.now();
    if (act == Act::pause) return campaign::pause(database, meant.organization, meant.campaign, now);
    if (act == Act::stop) return campaign::stop(database, meant.organization, meant.campaign, now);
    const auto definition = definitionOf(database, meant);
    const compliance::Gate gate;
    return (act == Act::start ? campaign::start : campaign::resume)(database, meant.organization,
                                                                    meant.campaign, *definition, gate, now);
}

void tell(const campaign::StateChange& change) {
    std::cout << "campaign \"" << change.campaign << "\" is " << change.state
              << (change.before == change.state ? ", as before" : ", until now " + change.before) << "\n";
    const auto line = [](int count, const char* text) {
        if (count > 0) std::cout << "  " << count << " " << text << "\n";
    };
    line(change.cancelled, "queued messages cancelled");
    line(change.dropped, "touches and timers dropped");
    line(change.takenUp, "conversations go on where they stood");
    line(change.plan.planned, "first touches planned");
    for (const auto& [reason, people] : change.plan.skipped)
        std::cout << "    skipped " << people << ": " << reason << "\n";
}

template <Act act>
int run(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "json"}));
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto changed = change(act, *opened.database, campaignMeant(*opened.database, arguments));
    if (arguments.has("json"))
        std::cout << toText(changed.toJson()) << "\n";
    else
        tell(changed);
    return 0;
}

const std::string kOptions = std::string(
                                 R"(
  NAME                name or id of the campaign; may be left out when there is only one
  --organization NAME name or id; may be left out when there is only one
  --json              what it did as one JSON object
)") + kDatabaseHelp;

const std::string kStartHelp =
    R"(Usage: overture campaign start [NAME] [--organization NAME] [--json] [OPTIONS]

Begins a campaign that was made with `overture campaign create --draft`: its time begins now, and each first touch is planned
in the lead's own hours.
)" + kOptions +
    R"(
Example: overture campaign start solar-consult)";

const std::string kPauseHelp =
    R"(Usage: overture campaign pause [NAME] [--organization NAME] [--json] [OPTIONS]

Nothing more goes out, from the moment this command returns: queued messages are cancelled, touches and timers dropped, and
drafts at work are void, all in one transaction. Only a message that was with its carrier already is sent. What people write
is still recorded, and an opt-out is obeyed; nobody is answered until `overture campaign resume`.
)" + kOptions +
    R"(
Example: overture campaign pause solar-consult)";

const std::string kResumeHelp =
    R"(Usage: overture campaign resume [NAME] [--organization NAME] [--json] [OPTIONS]

A paused campaign goes on. Touches are planned anew in each person's own hours, spread, so that nobody is written to in a
burst, and nobody gets what they have had. Who wrote during the pause is answered. The campaign's end stays where it was.
)" + kOptions +
    R"(
Example: overture campaign resume solar-consult)";

const std::string kStopHelp = R"(Usage: overture campaign stop [NAME] [--organization NAME] [--json] [OPTIONS]

Ends a campaign for good: as a pause does, and open conversations are closed. Meetings that were agreed on stand; their
reminders are not sent. Who writes later is recorded and shown to a person; an opt-out is obeyed.
)" + kOptions + R"(
Example: overture campaign stop solar-consult)";

const Registered startCommand{
    {"campaign start", "begin a campaign that was made as a draft", kStartHelp.c_str(), run<Act::start>}};
const Registered pauseCommand{
    {"campaign pause", "nothing more goes out until it is resumed", kPauseHelp.c_str(), run<Act::pause>}};
const Registered resumeCommand{
    {"campaign resume", "a paused campaign goes on", kResumeHelp.c_str(), run<Act::resume>}};
const Registered stopCommand{
    {"campaign stop", "nothing more goes out, for good", kStopHelp.c_str(), run<Act::stop>}};

}  // namespace
}  // namespace overture::cli
