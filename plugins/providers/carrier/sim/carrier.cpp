#include "carrier.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "overture/bytes.hpp"
#include "overture/digest.hpp"
#include "overture/instant.hpp"
#include "random.hpp"

namespace overture::sim {

using sdk::Answer;
using sdk::Call;
using sdk::Json;
using sdk::Outcome;

namespace {

constexpr std::int64_t kSecond = 1'000'000;

std::string textOf(const Json& object, std::string_view name) {
    if (!object.is_object()) return {};
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string hexOf(std::uint64_t value) {
    std::string bytes;
    for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xFF);
    return sdk::toHex(bytes);
}

enum class Keyword { none, stop, start };

/// The words every carrier acts upon by itself, when they are the whole text.
Keyword keywordOf(std::string_view text) {
    std::string word;
    for (const char c : text)
        if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
            word += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        } else if (std::string_view(" .!\r\n\t").find(c) == std::string_view::npos) {
            return Keyword::none;
        }
    constexpr std::array<std::string_view, 6> kStop{"STOP",   "STOPALL", "UNSUBSCRIBE",
                                                    "CANCEL", "END",     "QUIT"};
    if (std::find(kStop.begin(), kStop.end(), word) != kStop.end()) return Keyword::stop;
    return word == "START" || word == "UNSTOP" ? Keyword::start : Keyword::none;
}

std::string signatureHeader(const Json& request) {
    const auto headers = request.find("headers");
    if (headers == request.end() || !headers->is_object()) return {};
    for (const auto& [name, value] : headers->items())
        if (sdk::detail::sameHeader(name, "X-Sim-Signature") && value.is_string())
            return value.get<std::string>();
    return {};
}

bool isEvent(const Json& event) {
    const auto kind = textOf(event, "kind");
    const auto complete = [&](std::initializer_list<const char*> names) {
        return std::all_of(names.begin(), names.end(),
                           [&](const char* name) { return event.contains(name) && event[name].is_string(); });
    };
    return (kind == "message" && complete({"id", "from", "to", "text", "channel"})) ||
           (kind == "status" && complete({"id", "reference", "status"}));
}

}  // namespace

Carrier::Carrier(sdk::Host host, const Json& settings)
    : host_(host),
      seed_(settings.value("seed", std::uint64_t{1})),
      sender_(settings.value("sender", "+15555550100")),
      webhookUrl_(settings.value("webhook_url", "http://localhost/hooks/sim")),
      key_(host.secret("signing_key").value_or("sim-" + std::to_string(seed_))),
      undelivered_(settings.value("undelivered", 0.01)),
      people_(readPeople(settings.value("people", Json::array()))) {}

bool Carrier::Contact::isOptedOut(Micros now) const {
    const auto later = optedOut.upper_bound(now);
    return later != optedOut.begin() && std::prev(later)->second;
}

bool Carrier::isUnreachable(const std::string& number) const {
    return Random(hash("unreachable " + number, seed_)).chance(undelivered_);
}

std::string Carrier::statusAt(const Sent& sent, Micros now) {
    if (now < sent.sentAt) return "queued";
    if (now < sent.deliveredAt) return "sent";
    return sent.undelivered ? "undelivered" : "delivered";
}

void Carrier::schedule(Micros at, Json event) {
    event["at"] = sdk::toRfc3339(at);
    auto id = event["id"].get<std::string>();
    waiting_.emplace(std::pair(at, std::move(id)), std::move(event));
}

void Carrier::announce(const Sent& sent) {
    Json last{{"kind", "status"}, {"id", sent.reference + "-2"}, {"reference", sent.reference}};
    last["status"] = sent.undelivered ? "undelivered" : "delivered";
    if (sent.undelivered) last["code"] = "unreachable";
    schedule(sent.deliveredAt, std::move(last));
}

void Carrier::letReact(const Message& message, const Sent& sent, Micros now) {
    auto& contact = contacts_[message.to];
    const auto count = ++contact.got;
    const auto* person = personOf(people_, message.to, seed_);
    if (person == nullptr || contact.silent) return;
    const auto reaction = react(*person, message.to, message.text, count, seed_);
    if (!reaction) return;
    contact.silent = reaction->lastWord;
    if (reaction->text.empty()) return;
    const auto at = std::max(now + reaction->afterSeconds * kSecond, sent.deliveredAt + kSecond);
    const auto keyword = keywordOf(reaction->text);
    if (keyword != Keyword::none) contact.optedOut[at] = keyword == Keyword::stop;
    schedule(at, {{"kind", "message"},
                  {"id", "in-" + hexOf(hash(message.to + "#" + std::to_string(count), seed_))},
                  {"from", message.to},
                  {"to", message.from},
                  {"text", reaction->text},
                  {"channel", message.channel}});
}

Answer Carrier::send(const Json& request, const Call&) {
    auto key = textOf(request, "idempotency_key");
    const auto delivery = textOf(request, "delivery_id");
    if (key.empty()) key = delivery;
    Message message{textOf(request, "from"), textOf(request, "to"), textOf(request, "text"),
                    textOf(request, "channel")};
    if (key.empty() || message.to.empty() || message.text.empty())
        return Answer::no(Outcome::invalid, "a message needs to, text and idempotency_key or delivery_id");
    if (message.from.empty()) message.from = sender_;
    if (message.channel.empty()) message.channel = "sms";

    const auto now = host_.nowMicros();
    const std::lock_guard lock(mutex_);
    if (const auto before = sent_.find(key); before != sent_.end())
        return Answer::ok({{"reference", before->second.reference}, {"status", "queued"}});
    if (contacts_[message.to].isOptedOut(now))
        return Answer::no(Outcome::rejected, "the recipient opted out", "opted_out");

    Random random(hash("way " + key, seed_));
    Sent sent{.reference = "sim-" + hexOf(hash(key, seed_))};
    sent.sentAt = now + random.between(kSecond, 2 * kSecond);
    sent.deliveredAt = sent.sentAt + random.between(kSecond, 4 * kSecond);
    sent.undelivered = isUnreachable(message.to);
    announce(sent);
    if (!sent.undelivered) letReact(message, sent, now);
    if (!delivery.empty()) keys_[delivery] = key;
    references_[sent.reference] = key;
    const auto& kept = sent_.emplace(key, std::move(sent)).first->second;
    return Answer::ok({{"reference", kept.reference}, {"status", "queued"}});
}

Answer Carrier::lookup(const Json& request, const Call&) {
    const auto now = host_.nowMicros();
    const std::lock_guard lock(mutex_);
    auto key = keys_.find(textOf(request, "delivery_id"));
    if (key == keys_.end()) {
        key = references_.find(textOf(request, "reference"));
        if (key == references_.end()) return Answer::ok({{"found", false}, {"trusted", true}});
    }
    const auto& sent = sent_.at(key->second);
    return Answer::ok(
        {{"found", true}, {"reference", sent.reference}, {"status", statusAt(sent, now)}, {"trusted", true}});
}

std::string Carrier::signature(std::string_view url, std::string_view body) const {
    return sdk::toHex(sdk::hmacSha256(key_, std::string(url).append(body)));
}

Answer Carrier::webhook(const Json& request, const Call&) {
    const auto body = sdk::fromBase64(textOf(request, "body_base64"));
    if (!body) return Answer::no(Outcome::invalid, "body_base64 is not base64");
    const auto given = signatureHeader(request);
    const bool proved = sdk::sameSecret(given, signature(textOf(request, "url"), *body)) ||
                        sdk::sameSecret(given, signature(webhookUrl_, *body));
    if (!proved) return Answer::no(Outcome::rejected, "X-Sim-Signature does not fit");
    const auto event = Json::parse(*body, nullptr, false);
    if (!isEvent(event)) return Answer::no(Outcome::invalid, "the body is no event of this carrier");
    return Answer::ok(
        {{"events", Json::array({event})},
         {"response", {{"status", 200}, {"content_type", "application/json"}, {"body", "{}"}}}});
}

Answer Carrier::due(const Json& request, const Call&) {
    const auto now = sdk::parseRfc3339(textOf(request, "now"));
    if (!now) return Answer::no(Outcome::invalid, "now must be an instant like 2026-03-01T17:05:00Z");
    auto webhooks = Json::array();
    const std::lock_guard lock(mutex_);
    while (!waiting_.empty() && waiting_.begin()->first.first <= *now) {
        const auto event = waiting_.extract(waiting_.begin());
        const auto body = event.mapped().dump(-1, ' ', false, Json::error_handler_t::replace);
        webhooks.push_back(
            {{"at", event.mapped()["at"]},
             {"method", "POST"},
             {"url", webhookUrl_},
             {"headers",
              {{"Content-Type", "application/json"}, {"X-Sim-Signature", signature(webhookUrl_, body)}}},
             {"body_base64", sdk::toBase64(body)}});
    }
    Json document{{"webhooks", std::move(webhooks)}};
    if (!waiting_.empty()) document["next_at"] = sdk::toRfc3339(waiting_.begin()->first.first);
    return Answer::ok(std::move(document));
}

}  // namespace overture::sim
