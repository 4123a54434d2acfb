#include <iostream>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/command.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "feed/endpoints.hpp"

namespace overture::cli {
namespace {

feed::EndpointId endpointNamed(const Arguments& arguments) {
    if (arguments.positional().size() != 1)
        throw UsageError{"name one endpoint by its id; `overture endpoint list` shows them"};
    const auto id = feed::EndpointId::parse(arguments.positional()[0]);
    if (!id) throw UsageError{"\"" + arguments.positional()[0] + "\" is no id of an endpoint"};
    return *id;
}

int add(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "kinds=", "about="}));
    if (arguments.positional().size() != 1) throw UsageError{"give one URL"};
    const auto& url = arguments.positional()[0];
    if (const auto fault = feed::faultOfUrl(url)) throw UsageError{"of the URL: " + *fault};
    const auto kinds =
        arguments.has("kinds") ? split(arguments.value("kinds"), ',') : std::vector<std::string>();
    if (const auto fault = feed::faultOfKinds(kinds)) throw UsageError{"--kinds: " + *fault};
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto vault = tenant::Vault::open(opened.dataDirectory);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    auto tx = opened.database->begin(organization.id);
    const auto made = feed::createEndpoint(tx, organization.id, url, kinds, arguments.value("about"), vault,
                                           SystemClock{}.now());
    tx.commit();
    std::cerr << "Endpoint " << made.id.text() << " of " << organization.name
              << ". Its secret is shown this once:\n";
    std::cout << made.secret << "\n";
    return 0;
}

int list(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization="}));
    if (!arguments.positional().empty()) throw UsageError{"there is nothing to name here"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization")).id;
    auto tx = opened.database->begin(organization);
    const auto all = feed::endpoints(tx, organization);
    tx.commit();
    for (const auto& one : all) {
        std::cout << one.id.text() << "  " << one.url << "  " << (one.on ? "on" : "off") << ", "
                  << (one.kinds.empty() ? "every kind" : join(one.kinds, " ")) << "; " << one.due << " wait, "
                  << one.dead << " given up";
        if (!one.note.empty()) std::cout << "; " << one.note;
        if (one.restingUntil) std::cout << "; rests until " << toRfc3339(*one.restingUntil);
        std::cout << "\n";
    }
    if (all.empty()) std::cout << "there are no endpoints yet\n";
    return 0;
}

int replay(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "since=", "sent-too", "on"}));
    const auto endpoint = endpointNamed(arguments);
    feed::Replay which;
    which.sentToo = arguments.has("sent-too");
    if (arguments.has("since")) {
        which.since = parseRfc3339(arguments.value("since"));
        if (!which.since) throw UsageError{"--since takes an instant such as 2026-09-14T00:00:00Z"};
    }
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization")).id;
    auto tx = opened.database->begin(organization);
    const auto found = feed::endpoints(tx, organization, endpoint);
    if (found.empty())
        throw Error("there is no such endpoint", endpoint.text(), "`overture endpoint list` shows them all.");
    if (!found[0].on && !arguments.has("on"))
        throw Error("this endpoint is switched off: " + found[0].note, endpoint.text(),
                    "Mend what is behind it, then add --on.");
    feed::EndpointChange change;
    change.on = true;
    if (arguments.has("on")) feed::changeEndpoint(tx, organization, endpoint, change);
    const auto count = feed::replay(tx, organization, endpoint, which, SystemClock{}.now());
    tx.commit();
    std::cout << count << (count == 1 ? " notice is" : " notices are") << " on the way again.\n";
    return 0;
}

const std::string kEndpointOptions =
    std::string("  --organization NAME name or id; may be left out when there is only one\n") + kDatabaseHelp;

const std::string kAddHelp =
    R"(Usage: overture endpoint add URL [--kinds LIST] [--about TEXT] [--organization NAME] [OPTIONS]

Notices of what happens in the organization are sent there from now on, as Standard Webhooks says. Prints the secret that they are
signed with on standard output, this once.

  --kinds LIST        only these, such as message.received,meeting.booked; without it all
  --about TEXT        what it is for
)" + kEndpointOptions +
    R"(
Example: overture endpoint add https://crm.example/notices --kinds meeting.booked,conversation.held)";

const std::string kListEndpointsHelp = R"(Usage: overture endpoint list [--organization NAME] [OPTIONS]

Every endpoint, what waits for it, what was given up, and what it said last.

)" + kEndpointOptions + R"(
Example: overture endpoint list)";

const std::string kReplayHelp =
    R"(Usage: overture endpoint replay ID [--since INSTANT] [--sent-too] [--on] [--organization NAME] [OPTIONS]

Sends again what was given up, with the ids that it had, so that a receiver can tell what it has seen.

  --since INSTANT     only what happened then or later
  --sent-too          also what the endpoint took
  --on                switch it on again first
)" + kEndpointOptions +
    R"(
Example: overture endpoint replay 0199c0de-0000-7000-8000-000000000001 --since 2026-09-14T00:00:00Z)";

const Registered registeredAdd{
    {"endpoint add", "send notices of what happens to an address of your own", kAddHelp.c_str(), add}};
const Registered registeredList{
    {"endpoint list", "show the addresses that notices are sent to", kListEndpointsHelp.c_str(), list}};
const Registered registeredReplay{
    {"endpoint replay", "send again what an endpoint did not take", kReplayHelp.c_str(), replay}};

}  // namespace
}  // namespace overture::cli
