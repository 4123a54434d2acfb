#include "service/intake.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/log.hpp"
#include "service/calls.hpp"
#include "tenant/tenants.hpp"

namespace overture::service {
namespace {

constexpr const char* kCalls = "carrier.call/1";
constexpr auto kDeadline = milliseconds(5000);

Taken takenOf(const Webhook& webhook, const plugin::Reply& reply) {
    switch (reply.outcome) {
        case plugin::Outcome::ok: {
            const auto response = reply.document.value("response", Json::object());
            return {webhook,
                    "accepted",
                    {response.value("status", 200), textOf(response, "content_type", "text/plain"),
                     textOf(response, "body")},
                    reply.document.value("events", Json::array()),
                    {},
                    0,
                    0,
                    {},
                    {},
                    reply.document.value("asks", Json::object())};
        }
        case plugin::Outcome::rejected:
            return {
                webhook, "refused", {403, "text/plain", "wrong signature\n"}, Json::array(), {reply.message}};
        case plugin::Outcome::invalid:
            return {
                webhook, "unreadable", {400, "text/plain", "not readable\n"}, Json::array(), {reply.message}};
        default:
            return {webhook,
                    "unreadable",
                    {503, "text/plain", "try again later\n"},
                    Json::array(),
                    {reply.message}};
    }
}

}  // namespace

Intake::Intake(store::Database& database, InstanceOf instanceOf, std::function<void()> wake,
               const turn::Quiet& quiet, ChannelOf channelOf, Calls* calls)
    : database_(database),
      instanceOf_(std::move(instanceOf)),
      wake_(std::move(wake)),
      quiet_(quiet),
      channelOf_(std::move(channelOf)),
      calls_(calls),
      gather_([this](const OrganizationId& organization, const std::vector<Taken*>& all) {
          keep(organization, all);
      }) {}

HttpAnswer Intake::receive(const Webhook& webhook) {
    return answering(webhook, [&]() -> HttpAnswer {
        const auto organization = organizationOf(webhook.binding);
        if (!organization) return {404, "text/plain", "there is no such binding\n"};
        auto taken = read(*organization, webhook);
        gather_.submit(*organization, taken);
        if (calls_ != nullptr && !taken.asks.empty()) answerKnowing(*organization, taken);
        return taken.answer;
    });
}

int Intake::receiveAll(const std::vector<Webhook>& webhooks) {
    std::map<OrganizationId, std::vector<Taken>> byOrganization;
    for (const auto& webhook : webhooks)
        if (const auto organization = organizationOf(webhook.binding))
            byOrganization[*organization].push_back(read(*organization, webhook));
    int posted = 0;
    for (auto& [organization, own] : byOrganization) {
        std::vector<Taken*> all;
        for (auto& taken : own) all.push_back(&taken);
        keep(organization, all);
        for (const auto& taken : own) posted += taken.posted;
    }
    return posted;
}

void Intake::receiveMail(const OrganizationId& organization, const BindingId& binding,
                         const std::vector<Mail>& mails, Instant now) {
    std::vector<Webhook> webhooks;
    for (const auto& mail : mails)
        webhooks.push_back({binding, "MAIL", "mailbox:" + mail.id, Json::object(), mail.raw, now});
    std::vector<Taken> taken;
    for (std::size_t i = 0; i < mails.size(); ++i) taken.push_back(readMail(webhooks[i], mails[i]));
    std::vector<Taken*> all;
    for (auto& one : taken) all.push_back(&one);
    keep(organization, all);
}

Taken Intake::readMail(const Webhook& webhook, const Mail& mail) const {
    Taken taken{webhook, "accepted", {}, Json::array()};
    if (const auto why = addMail(taken, mail.channel, toBase64(mail.raw), mail.id)) {
        taken.outcome = "unreadable";
        taken.notes = {*why};
    }
    return taken;
}

/// What the channel reads in a whole message; otherwise why it cannot.
std::optional<std::string> Intake::addMail(Taken& taken, const std::string& channel,
                                           const std::string& base64, const std::string& id) const {
    if (!channelOf_) return "there is no channel to read it";
    const auto reply = channelOf_(channel)->call("channel.message/1", "read",
                                                 {{"raw_base64", base64}, {"channel", channel}}, kDeadline);
    if (!reply.ok()) return reply.message;
    auto event = reply.document;
    event["kind"] = "message";
    event["channel"] = channel;
    if (textOf(event, "id").empty()) event["id"] = id;
    taken.events.push_back(std::move(event));
    return std::nullopt;
}

/// Whole messages that a carrier handed on are read by their channel; one that cannot be read is kept as it came, and
/// acknowledged: it would not be better the next time.
void Intake::readMails(Taken& taken) const {
    const auto given = std::exchange(taken.events, Json::array());
    for (const auto& event : given) {
        if (textOf(event, "kind") != "mail") {
            taken.events.push_back(event);
            continue;
        }
        if (const auto why =
                addMail(taken, textOf(event, "channel"), textOf(event, "raw_base64"), textOf(event, "id"))) {
            taken.outcome = "unreadable";
            taken.notes.push_back(*why);
        }
    }
}

HttpAnswer Intake::answering(const Webhook& webhook, const std::function<HttpAnswer()>& take) {
    try {
        return take();
    } catch (const store::DatabaseError& error) {
        log::error("webhook_not_kept", {{"binding", webhook.binding.text()}, {"error", error.what()}});
    } catch (const Error& error) {
        log::error("webhook_not_read", {{"binding", webhook.binding.text()}, {"error", error.what()}});
    }
    return {503, "text/plain", "try again later\n"};
}

std::optional<OrganizationId> Intake::organizationOf(const BindingId& binding) {
    {
        const std::scoped_lock lock(mutex_);
        if (const auto found = owners_.find(binding); found != owners_.end()) return found->second;
    }
    const auto organization = tenant::organizationOf(database_, binding);
    const std::scoped_lock lock(mutex_);
    if (organization) owners_.emplace(binding, *organization);
    return organization;
}

Taken Intake::read(const OrganizationId& organization, const Webhook& webhook) {
    const auto instance = instanceOf_(organization, webhook.binding);
    Json request{{"method", webhook.method},
                 {"url", webhook.url},
                 {"headers", webhook.headers},
                 {"body_base64", toBase64(webhook.body)}};
    Json media = Json::object();
    if (calls_ != nullptr && instance->offers(kCalls)) media = calls_->mediaFor(webhook.binding);
    if (!media.empty()) request["media"] = media;
    const bool messages = instance->offers("carrier.message/1") || !instance->offers(kCalls);
    auto taken = takenOf(
        webhook, instance->call(messages ? "carrier.message/1" : kCalls, "webhook", request, kDeadline));
    taken.mediaToken = textOf(media, "token");
    if (!taken.asks.empty()) taken.request = std::move(request);
    readMails(taken);
    return taken;
}

/// Read once more, now that what it told is written: with what we know of the call that it asks about.
void Intake::answerKnowing(const OrganizationId& organization, Taken& taken) {
    auto known = calls_->known(organization, taken.webhook.binding, taken.asks);
    if (!known) return;
    taken.request["known"] = std::move(*known);
    const auto instance = instanceOf_(organization, taken.webhook.binding);
    const bool messages = instance->offers("carrier.message/1") || !instance->offers(kCalls);
    const auto reply =
        instance->call(messages ? "carrier.message/1" : kCalls, "webhook", taken.request, kDeadline);
    if (reply.ok()) taken.answer = takenOf(taken.webhook, reply).answer;
}

void Intake::keep(const OrganizationId& organization, const std::vector<Taken*>& all) {
    Sorter(database_, organization, all, quiet_).run();
    if (calls_ != nullptr)
        for (const auto* taken : all)
            for (const auto& call : taken->calls) calls_->noted(call);
    if (std::any_of(all.begin(), all.end(), [](const Taken* taken) { return taken->posted > 0; })) wake_();
}

}  // namespace overture::service
