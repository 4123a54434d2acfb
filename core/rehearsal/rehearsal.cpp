#include "rehearsal/rehearsal.hpp"

#include <algorithm>

#include "agent/handler.hpp"
#include "agent/instances.hpp"
#include "agent/sender.hpp"
#include "base/digest.hpp"
#include "base/time.hpp"
#include "campaign/create.hpp"
#include "campaign/touches.hpp"
#include "service/intake.hpp"
#include "tenant/tenants.hpp"
#include "turn/delivery.hpp"
#include "turn/worker.hpp"

namespace overture::rehearsal {
namespace {

constexpr const char* kHookUrl = "http://127.0.0.1/hooks/";
constexpr const char* kSender = "+12025550100";
constexpr const char* kEmailSender = "agent@example.com";
constexpr const char* kPostalAddress = "1 Main Street, Springfield";

/// One organization, its bindings, one campaign, made from the plan.
struct Stage {
    OrganizationId organization;
    CampaignId campaign;
    BindingId carrier, model;
    std::string version;
    std::vector<std::string> channels;
};

/// Channels of the playbook that this program can play: those with a channel plugin loaded.
std::vector<std::string> playable(const playbook::Definition& definition, const plugin::Host& host) {
    std::vector<std::string> channels;
    const auto listings = host.list();
    for (const auto& channel : definition.channels)
        if (std::any_of(listings.begin(), listings.end(), [&](const plugin::Listing& listing) {
                return listing.id == channel && listing.state == "loaded";
            }))
            channels.push_back(channel);
    return channels;
}

Json carrierSettings(const Plan& plan, const BindingId& carrier) {
    return {{"seed", plan.seed},
            {"people", plan.people},
            {"sender", kSender},
            {"webhook_url", kHookUrl + carrier.text()}};
}

Stage build(store::Database& database, const plugin::Host& host, const Plan& plan) {
    const auto idOf = [&](const std::string& what) {
        return uuid7(plan.start, std::to_string(plan.seed) + ":" + what);
    };
    Stage stage{OrganizationId(idOf("organization")), CampaignId(idOf("campaign")),
                BindingId(idOf("carrier")),           BindingId(idOf("model")),
                playbook::versionOf(plan.files),      playable(*plan.definition, host)};
    if (stage.channels.empty())
        throw Error("none of the playbook's channels has a plugin here",
                    "playbook \"" + plan.definition->id + "\"",
                    "Add \"sms\" to its channels, or install the channel's plugin.");
    campaign::NewCampaign campaign;
    campaign.id = stage.campaign;
    campaign.name = plan.definition->id;
    campaign.files = plan.files;
    campaign.definition = plan.definition;
    campaign.settings = plan.settings;
    campaign.channels = stage.channels;
    campaign.team = plan.team;
    campaign.startsAt = plan.start;
    campaign.endsAt = plan.start + days(plan.days);
    campaign.bindings.emplace_back("model", stage.model);
    for (const auto& channel : stage.channels) {
        campaign.bindings.emplace_back(channel, stage.carrier);
        campaign.settings[channel + "_sender"] = channel == "email" ? kEmailSender : kSender;
    }
    if (!campaign.settings.contains("postal_address")) campaign.settings["postal_address"] = kPostalAddress;
    for (auto& manager : campaign.team) manager.id = ManagerId(idOf("manager:" + manager.email));

    auto tx = database.begin(stage.organization);
    const auto& organization = stage.organization;
    tenant::createOrganization(tx, organization, textOf(plan.settings, "company", "Rehearsal"), plan.start);
    tenant::saveBinding(tx, organization,
                        {stage.carrier, "carrier", "sim", carrierSettings(plan, stage.carrier), {}}, nullptr,
                        plan.start);
    tenant::saveBinding(tx, organization, {stage.model, "model", plan.model, plan.modelSettings, {}}, nullptr,
                        plan.start);
    campaign::create(tx, organization, campaign, plan.start);
    tx.commit();
    return stage;
}

/// What the simulated people and the simulated carrier call back with, as its time comes.
class Callbacks {
public:
    Callbacks(plugin::Instance& carrier, service::Intake& intake, const BindingId& binding)
        : carrier_(carrier), intake_(intake), binding_(binding) {}

    /// Returns how many of their events now wait in a mailbox.
    int deliver(Instant now) {
        const auto due =
            carrier_.call("carrier.simulated/1", "due", {{"now", toRfc3339(now)}}, milliseconds(5000));
        if (!due.ok()) throw Error("the simulated carrier failed: " + due.message, "plugin \"sim\"");
        next_ = parseRfc3339(textOf(due.document, "next_at"));
        const auto& webhooks = due.document.at("webhooks");
        std::vector<service::Webhook> came;
        for (const auto& webhook : webhooks)
            came.push_back({binding_, textOf(webhook, "method"), textOf(webhook, "url"),
                            webhook.value("headers", Json::object()),
                            fromBase64(textOf(webhook, "body_base64")), now});
        return intake_.receiveAll(came);
    }
    std::optional<Instant> next() const { return next_; }

private:
    plugin::Instance& carrier_;
    service::Intake& intake_;
    BindingId binding_;
    std::optional<Instant> next_;
};

/// The minute at or after `instant`: events of one minute are worked together, as a poll would.
Instant minuteAfter(Instant instant) {
    return std::chrono::ceil<minutes>(instant);
}

std::optional<Instant> earliestOf(std::initializer_list<std::optional<Instant>> instants) {
    std::optional<Instant> earliest;
    for (const auto& instant : instants)
        if (instant && (!earliest || *instant < *earliest)) earliest = instant;
    return earliest;
}

/// A real model is waited for most of the time; the scripted one answers at once.
int threadsFor(const Plan& plan) {
    constexpr int kWaiting = 16;
    return plan.model == "scripted" ? 1 : kWaiting;
}

agent::BoundInstances::Find finder(const Stage& stage, const Plan& plan) {
    return [&stage, &plan](const OrganizationId&, const BindingId& binding) -> agent::BoundPlugin {
        if (binding == stage.carrier) return {"sim", carrierSettings(plan, stage.carrier), {}};
        if (binding == stage.model) return {plan.model, plan.modelSettings, plan.modelSecrets};
        throw Error("there is no binding " + binding.text() + " in this rehearsal");
    };
}

}  // namespace

Ran run(store::Database& database, plugin::Host& host, VirtualClock& clock, const Plan& plan,
        const std::function<void(const Progress&)>& progress) {
    const auto end = plan.start + days(plan.days);
    const auto stage = build(database, host, plan);
    const compliance::Gate gate;
    agent::StoredLibrary library(database);
    agent::StoredDiary diary(database);
    agent::BoundInstances instances(host, finder(stage, plan));
    const auto pace = [&](const turn::Opened& opened, const playbook::Touch& touch, Instant from) {
        return campaign::touchTime(gate, opened, touch, from, {.end = end});
    };
    agent::Conversationalist handler({diary, gate, library, instances, pace, milliseconds(60000)});
    agent::CarrierSender sender(instances);
    turn::Deliverer deliverer(database, clock, gate, sender, {hours(24), 64, 5});
    std::uint64_t sentAtOnce = 0;
    const auto send = [&](const std::vector<turn::Ready>& ready) {
        deliverer.send(ready);
        sentAtOnce += ready.size();
    };
    turn::Worker worker(database, clock, handler,
                        {"rehearsal", hours(24), 64, 5, &gate, send, true, threadsFor(plan),
                         agent::Conversationalist::orderedSteps()});
    service::Intake intake(database, [&](const OrganizationId& organization, const BindingId& binding) {
        return instances.of(organization, binding);
    });
    const auto carrier = instances.of(stage.organization, stage.carrier);
    Callbacks callbacks(*carrier, intake, stage.carrier);

    Ran ran;
    ran.organization = stage.organization;
    ran.campaign = stage.campaign;
    ran.start = plan.start;
    campaign::ImportOptions options;
    options.seed = plan.seed;
    options.reproducible = true;
    options.region = textOf(plan.settings, "country", "US");
    ran.import = campaign::importLeads(database, stage.organization, stage.campaign, plan.leads, options,
                                       plan.definition->firstStage, stage.version, plan.start);
    ran.plan = campaign::planFirstTouches(database, stage.organization, stage.campaign, *plan.definition,
                                          gate, plan.seed, plan.start);

    Progress state{plan.start, plan.start, end, 0, 0};
    auto due = turn::nextDue(database);
    for (;;) {
        const auto now = clock.now();
        const auto isDue = [&](const std::optional<Instant>& at) { return at && *at <= now; };
        bool worked = isDue(due.mailbox) && worker.runBatch() > 0;
        if (isDue(due.delivery)) {
            const int sent = deliverer.runBatch();
            state.sent += static_cast<std::uint64_t>(sent);
            worked = worked || sent > 0;
        }
        bool came = false;
        for (; callbacks.deliver(now) > 0; came = true) worked = worker.runBatch() > 0 || worked;
        if (worked || came) due = turn::nextDue(database);
        if (worked && (isDue(due.mailbox) || isDue(due.delivery))) continue;
        state.now = now;
        state.turns = worker.turns();
        state.sent += std::exchange(sentAtOnce, 0);
        progress(state);
        const auto next = earliestOf({due.mailbox, due.delivery, callbacks.next()});
        if (!next || minuteAfter(*next) > end) break;
        clock.advanceTo(std::max(minuteAfter(*next), now + minutes(1)));
    }
    ran.turns = worker.turns();
    ran.end = clock.now();
    return ran;
}

}  // namespace overture::rehearsal
