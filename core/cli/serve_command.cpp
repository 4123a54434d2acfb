#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <thread>

#include "agent/breaker.hpp"
#include "agent/handler.hpp"
#include "agent/instances.hpp"
#include "agent/purse.hpp"
#include "agent/registers.hpp"
#include "agent/sender.hpp"
#include "agent/tools.hpp"
#include "agent/vectors.hpp"
#include "base/digest.hpp"
#include "base/failpoint.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "campaign/importing.hpp"
#include "campaign/shadows.hpp"
#include "campaign/touches.hpp"
#include "cli/bindings.hpp"
#include "cli/command.hpp"
#include "cli/configuration.hpp"
#include "cli/open_database.hpp"
#include "cli/outbound.hpp"
#include "cli/paths.hpp"
#include "cli/serve_settings.hpp"
#include "feed/sending.hpp"
#include "service/calls.hpp"
#include "service/mailboxes.hpp"
#include "service/recordings.hpp"
#include "service/server.hpp"
#include "service/shadow.hpp"
#include "service/unsubscribing.hpp"
#include "tenant/tenants.hpp"
#include "turn/delivery.hpp"
#include "turn/loop.hpp"
#include "turn/pool.hpp"

namespace overture::cli {
namespace {

constexpr auto kModelPatience = milliseconds(30000);
constexpr int kSendsAtOnce = 16;  // notices to endpoints
constexpr auto kCarrierPatience = milliseconds(15000);

/// SIGTERM and SIGINT, blocked in every thread from here on and waited for in one place.
class Signals {
public:
    Signals() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGTERM);
        sigaddset(&set_, SIGINT);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    }
    void wait() const {
        int signal = 0;
        sigwait(&set_, &signal);
    }

private:
    sigset_t set_{};
};

/// Each listener and each carrier's connection needs a handle; the system's usual limit is meant for less.
void takeAllFileHandles() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// No other engine has it, also none that had this process's number before.
std::string engineName() {
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    const auto now = std::chrono::system_clock::now().time_since_epoch().count();
    return std::string(host.data()) + " pid " + std::to_string(::getpid()) + " " +
           toHex(std::to_string(hash64(std::to_string(now) + host.data()))).substr(0, 8);
}

std::vector<std::string> offering(const plugin::Host& host, const std::string& capability) {
    std::vector<std::string> ids;
    for (const auto& listing : host.list())
        if (listing.state == "loaded" && std::find(listing.capabilities.begin(), listing.capabilities.end(),
                                                   capability) != listing.capabilities.end())
            ids.push_back(listing.id);
    return ids;
}

int serve(const std::vector<std::string>& words) {
    const Arguments arguments(withConfiguration(words, serveOptions()), serveOptions());
    if (!arguments.positional().empty()) throw UsageError{"serve takes options only"};
    auto settings = serveSettings(arguments);
    auto& http = settings.http;
    const auto workers = settings.workers;
    const auto lease = settings.lease;
    const auto poll = settings.poll;
    const auto quiet = settings.quiet;
    if (const char* faults = std::getenv("OVERTURE_FAILPOINTS")) checkFailpoints(faults);

    Recordings recordings{arguments.value("record"), {}};
    if (arguments.has("record-bindings"))
        recordings.bindings = split(arguments.value("record-bindings"), ',');
    if (arguments.has("record-bindings") && recordings.folder.empty())
        throw UsageError{
            "--record-bindings says whose exchanges are recorded; --record FOLDER says where to"};
    if (!recordings.folder.empty() && !std::filesystem::is_directory(recordings.folder))
        throw Error("there is no such folder", recordings.folder, "Make it: recordings are kept there.");

    const Signals signals;
    takeAllFileHandles();
    log::setLevel(log::Level::info);
    const SystemClock clock;
    net::HttpClient client(settings.outbound);
    plugin::Host host({client, clock, std::max(workers, plugin::Services::kCallsAtOnce)});
    host.loadAll(pluginsFolder(arguments.value("plugins")));
    for (const auto& listing : host.list())
        if (listing.state == "refused")
            log::warning("plugin_refused",
                         {{"path", listing.path}, {"stage", listing.stage}, {"reason", listing.reason}});
    const auto opened = openDatabase(arguments, Schema::current, true, 24);
    auto& database = *opened.database;
    const auto vault = tenant::Vault::open(opened.dataDirectory);

    const compliance::Gate gate;
    agent::StoredLibrary library(database);
    agent::StoredDiary diary(database);
    agent::BoundInstances instances(host, bindingFinder(database, vault, recordings), &clock);
    campaign::Paces paces(database, clock);
    const auto pace = [&](const turn::Opened& turn, const playbook::Touch& touch, Instant from) {
        return campaign::touchTime(gate, turn, touch, from, paces.of(turn.organization, turn.campaign.id));
    };
    tenant::Policies policies(database, clock);
    agent::Treasury treasury(database, clock);
    agent::Breakers breakers(clock);
    agent::StoredRegisters registers(database, instances,
                                     std::min<milliseconds>(milliseconds(10000), milliseconds(lease) / 3));
    agent::BoundTools tools(instances, breakers,
                            std::min<milliseconds>(agent::BoundTools::kDeadline, milliseconds(lease) / 3));
    agent::StoredVectors vectors(database, clock, instances, breakers,
                                 std::min<milliseconds>(milliseconds(10000), milliseconds(lease) / 3));
    agent::Parts parts{.diary = diary,
                       .gate = gate,
                       .library = library,
                       .instances = instances,
                       .pace = pace,
                       .modelDeadline = std::min(kModelPatience, milliseconds(lease) / 3),
                       .policies = &policies,
                       .treasury = &treasury,
                       .breakers = &breakers,
                       .registers = &registers,
                       .tools = &tools,
                       .vectors = &vectors};
    turn::Bell bell;
    const auto name = engineName();
    std::unique_ptr<service::Recordings> sounds;
    if (const auto folder = arguments.value("recordings"); !folder.empty())
        sounds = std::make_unique<service::Recordings>(database, clock, instances, vault,
                                                       service::RecordingsOptions{folder, http.publicUrl});
    service::Calls calls(database, clock, instances,
                         {.engine = name,
                          .publicUrl = http.publicUrl,
                          .most = settings.calls,
                          .recordings = sounds.get(),
                          .library = &library},
                         [&] { bell.ring(); });
    http.recordings = sounds.get();
    http.calls = &calls;
    parts.speaker = [&](const turn::Opened& turn) { return calls.speaker(turn); };
    service::Unsubscribing unsubscribing(database, clock, vault, http.publicUrl, [&] { bell.ring(); });
    http.unsubscribing = &unsubscribing;
    if (!http.publicUrl.empty())
        parts.unsubscribeUrl = [&](const OrganizationId& organization, const DeliveryId& delivery) {
            return unsubscribing.urlOf(organization, delivery);
        };
    campaign::Shadows shadowed(database, clock);
    auto withShadows = parts;
    withShadows.shadow = [&](const turn::Opened& turn) {
        return shadowed.of(turn.organization, turn.campaign.id, turn.lead.id);
    };
    agent::Conversationalist handler(std::move(withShadows));
    service::Shadow shadow(database, clock, parts);
    agent::Rates rates(clock);
    agent::Reach reach(database, clock);
    agent::CarrierSender sender(instances, std::min(kCarrierPatience, milliseconds(lease) / 3),
                                {&policies, &breakers, &rates, &reach, &calls});
    turn::Deliverer deliverer(database, clock, gate, sender, {lease, 8, 5});
    turn::Loop deliveries(4, poll, [&] { return deliverer.runBatch(); });
    const auto send = [&](const std::vector<turn::Ready>& ready) { deliverer.send(ready); };
    turn::Pool turns(database, clock, handler, {name, lease, workers, 64, 5, poll, &gate, send});
    const turn::Bell::Heard heard(bell, turns);
    turn::Loop shadows(1, seconds(1), [&] { return shadow.runBatch(); });
    service::Intake intake(
        database,
        [&](const OrganizationId& organization, const BindingId& id) {
            return instances.of(organization, id);
        },
        [&] { turns.wake(); }, {quiet, quiet * 5},
        [&](const std::string& channel) { return instances.channel(channel); }, &calls);
    service::Mailboxes mailboxes(database, clock, intake,
                                 [&](const OrganizationId& organization, const BindingId& id) {
                                     return instances.of(organization, id);
                                 },
                                 offering(host, "carrier.mailbox/1"), {settings.mailboxes});
    feed::settle(database);
    feed::Sending notices(database, clock, client, vault, {.ofOrganization = kSendsAtOnce / 4});
    turn::Loop sends(kSendsAtOnce, milliseconds(500), [&] { return notices.sendOne(); });
    turn::Loop spreading(1, seconds(1), [&] {
        const int spread = notices.spread();
        if (spread > 0) sends.wake();
        return spread;
    });
    campaign::Importing importing(database, clock);
    turn::Loop imports(1, seconds(1), [&] { return importing.runOnce(); });
    turn::Loop forgetting(1, hours(1), [&] {
        feed::forget(database, clock.now() - feed::kKept);
        notices.forget();
        importing.forget();
        return 0;
    });
    turn::Loop removing(1, seconds(2), [&] { return sounds ? sounds->removeDue() : 0; });
    turn::Loop mail(2, seconds(1), [&] { return mailboxes.runOnce(); });
    api::Options apiOptions;
    apiOptions.callsPerWindow = settings.callsPerWindow;
    apiOptions.vault = &vault;
    if (arguments.has("behind")) apiOptions.proxies = split(arguments.value("behind"), ',');
    apiOptions.send = [&](const net::HttpRequest& request) { return client.send(request); };
    apiOptions.plugins = &host;
    apiOptions.terms = [&](const OrganizationId& organization, const tenant::Binding& binding) {
        return termsOf(database, vault, organization, binding, recordings);
    };
    if (sounds)
        apiOptions.recordingLink = [&](const OrganizationId& organization, const Uuid& call, int part,
                                       const std::optional<BindingId>& storage, const std::string& key) {
            return sounds->link(organization, call, part, storage, key);
        };
    api::Api api(
        database, clock,
        [&] {
            turns.wake();
            imports.wake();
        },
        apiOptions);
    service::Server server(http, database, intake, api, clock);
    std::cout << "Serving on http://" << http.address << ":" << server.port()
              << "  (hooks, v1, docs, healthz, readyz; database " << database.name() << ")\n"
              << std::flush;
    signals.wait();
    log::info("stopping", Json::object());
    calls.stop();  // with a goodbye
    server.stop();
    importing.stop();
    return 0;
}

const std::string kHelp =
    std::string(
        "Usage: overture serve [--address A] [--port N] [--public-url URL] [--workers N] [--plugins DIR]\n"
        "                      [--lease SECONDS] [--poll MS] [--quiet MS] [--mailboxes SECONDS] [--calls N] "
        "[--api-calls N] [--largest MIB]\n"
        "                      [--recordings FOLDER]\n"
        "                      [--proxy URL] [--no-proxy LIST] [--allowed-hosts LIST] [--private-hosts "
        "LIST]\n"
        "                      [--database URL | --data DIR] [--config FILE]\n\n"
        "Takes carriers' webhooks in at /hooks/{binding}, works the turns that are due and sends what they "
        "decided. Answers\n"
        "the API at /v1, which /docs explains, for keys (`overture key create`) and people who sign in "
        "(`overture user create`). Keeps no\n"
        "state of its own: any number of them may run on one database, and any may be killed at any time. "
        "/healthz says\n"
        "that the process lives, /readyz that the database answers, /metrics what it has done (for "
        "Prometheus, "
        "whose bearer\n"
        "token is OVERTURE_METRICS_TOKEN; without that nobody). SIGTERM finishes what is in hand and "
        "stops.\n\n"
        "  --config FILE     these options, one `name = value` a line (or OVERTURE_CONFIG, or "
        "/etc/overture/overture.conf); "
        "`overture config\n"
        "                    check` reads it; OVERTURE_NAME goes before it, an option before both\n"
        "  --address A       default 127.0.0.1; 0.0.0.0 for every interface\n"
        "  --port N          default 8080; 0 takes a free one and prints it\n"
        "  --public-url URL  how carriers reach this server; part of what they sign\n"
        "  --workers N       turns at work at once, default 32; each waits for its model on a thread of its "
        "own\n"
        "  --lease SECONDS   what a killed engine held is taken over after this long, default 90; a model's "
        "or "
        "carrier's answer is\n"
        "                    waited for a third of it at most\n"
        "  --quiet MS        a text waits this long for the next, so that several in a row get one answer; "
        "longer while "
        "they keep\n"
        "                    coming, five times this at most; default 1500\n"
        "  --mailboxes S     how often each mailbox is asked for what came in, in seconds, default 30\n"
        "  --calls N         telephone calls that this engine holds at once, default 500\n"
        "  --largest MIB     a request may have so many MiB, default 1; whole messages with attachments that "
        "a "
        "carrier hands on "
        "have more\n"
        "  --api-calls N     what one key may call the API in 15 minutes, default 5000\n"
        "  --behind LIST     addresses of proxies in front, whose X-Forwarded-For says who calls; without it "
        "everybody behind one\n"
        "                    counts as one client\n"
        "  --poll MS         how often to look for work that no webhook announced, default 250\n"
        "  --record FOLDER   what plugins ask of their vendors and hear is written there, a file for each "
        "binding, its "
        "secrets taken\n"
        "                    out; what people wrote is not: keep it as you keep them\n"
        "  --recordings FOLDER  the sound of calls is kept there while they are talked, and for campaigns "
        "without a binding "
        "\"storage\"\n"
        "                    also afterwards; without it no call is recorded\n"
        "  --record-bindings LIST  of these bindings only, by name or id\n") +
    kOutboundHelp +
    "\nExample:\n  overture serve --port 8080 --public-url https://texts.brightroof.example\n";

const Registered registered{
    {"serve", "run the engine: answer webhooks, work turns, send deliveries", kHelp.c_str(), serve}};

}  // namespace
}  // namespace overture::cli
