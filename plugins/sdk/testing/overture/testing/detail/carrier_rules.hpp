// Webhooks and look-ups of carriers.
#pragma once

#include <random>

#include "overture/bytes.hpp"

namespace overture::testing::detail {

inline const std::string kWebhook = "carrier.message/1 webhook";

/// The sample's webhook as a request, "body" in place of "body_base64" where it is text.
inline std::optional<Json> signedWebhook(const Subject& subject) {
    auto request = subject.sample.of(kWebhook).value("request", Json());
    if (!request.is_object()) return std::nullopt;
    auto whole = requests().at(kWebhook);
    if (request.contains("body")) request["body_base64"] = sdk::toBase64(request["body"].get<std::string>());
    request.erase("body");
    whole.update(request);
    return whole;
}

inline std::string bodyOf(const Json& webhook) {
    return sdk::fromBase64(webhook.at("body_base64").get<std::string>()).value_or("");
}
inline Json withBody(Json webhook, const std::string& body) {
    webhook["body_base64"] = sdk::toBase64(body);
    return webhook;
}

/// Whether anything of it would be believed.
inline bool believed(const Answer& answer) {
    return answer.outcome == Outcome::ok && answer.document.contains("events") &&
           !answer.document["events"].empty();
}

inline Verdict believesNobody(const Subject& subject) {
    Trial trial(subject);
    auto unsigned_ = signedWebhook(subject).value_or(requests().at(kWebhook));
    unsigned_["headers"] = Json::object();
    return believed(trial.ask(kWebhook, unsigned_)) ? broken("it believed a webhook without a signature")
                                                    : kKept;
}

inline Verdict takesTheSignedOne(const Subject& subject) {
    const auto webhook = signedWebhook(subject);
    if (!webhook) return skipped("conformance.json has no request for \"" + kWebhook + "\"");
    Trial trial(subject);
    const auto answer = trial.ask(kWebhook, *webhook);
    if (!believed(answer)) return broken("the sample's webhook: " + shown(answer) + ", and gave no events");
    for (const auto& event : answer.document["events"]) {
        const auto kind = event.value("kind", "");
        if (kind != "message" && kind != "status") return broken("an event of the kind \"" + kind + "\"");
        if (event.value("id", "").empty())
            return broken("an event without an id: a repetition would count twice");
    }
    return kKept;
}

inline Verdict refusesTheTampered(const Subject& subject) {
    const auto webhook = signedWebhook(subject);
    if (!webhook) return skipped("conformance.json has no request for \"" + kWebhook + "\"");
    Trial trial(subject);
    const bool signs = subject.sample.of(kWebhook).value("signed", "body") != "token";
    const auto body = bodyOf(*webhook);
    for (std::size_t part = 0; signs && part < 8 && !body.empty(); ++part) {
        auto other = body;
        auto& byte = other[part * (body.size() - 1) / 7];
        byte = byte == 'x' ? 'y' : 'x';
        if (believed(trial.ask(kWebhook, withBody(*webhook, other))))
            return broken("it believed a body with another byte at " +
                          std::to_string(part * (body.size() - 1) / 7));
    }
    if (signs && believed(trial.ask(kWebhook, withBody(*webhook, body + " "))))
        return broken("it believed a longer body");
    if (subject.sample.of(kWebhook).value("signed", "body") == "key") return kKept;
    auto others = subject.sample.secrets;
    for (auto& [name, value] : others) value = "another-" + value;
    std::optional<Trial> stranger;
    try {
        stranger.emplace(subject, others);
    } catch (const std::exception&) {  // secrets of a form, such as keys: the others are none
        return kKept;
    }
    if (!others.empty() && believed(stranger->ask(kWebhook, *webhook)))
        return broken("it believed a webhook that another secret had signed");
    return kKept;
}

inline Verdict bearsStrangersBodies(const Subject& subject) {
    constexpr int kBodies = 300;
    Trial trial(subject);
    const bool signs = subject.sample.of(kWebhook).value("signed", "body") != "token";
    std::mt19937_64 random(23);
    const auto webhook = signedWebhook(subject).value_or(requests().at(kWebhook));
    const auto body = bodyOf(webhook);
    for (int i = 0; i < kBodies; ++i) {
        auto other = i % 3 == 0 ? body.substr(0, random() % (body.size() + 1)) : body;
        for (auto left = random() % 40; left > 0; --left)
            other.insert(other.begin() + static_cast<std::ptrdiff_t>(random() % (other.size() + 1)),
                         static_cast<char>(random()));
        auto request = withBody(webhook, other);
        if (i % 2 == 0)
            request["headers"]["Content-Type"] =
                i % 4 == 0 ? "application/json" : "multipart/form-data; boundary=x";
        const auto answer = trial.ask(kWebhook, request);
        if (signs && other != body && believed(answer))
            return broken("it believed damaged body number " + std::to_string(i));
        if (answer.outcome != Outcome::ok && answer.message.empty())
            return broken("damaged body number " + std::to_string(i) + ": " + shown(answer) +
                          " without a sentence");
    }
    return kKept;
}

/// Who finds nothing sends again: only the vendor's own word may say so.
inline Verdict missesNothingUnasked(const Subject& subject) {
    const std::string lookup = "carrier.message/1 lookup";
    if (!asksTheVendor(subject, lookup)) return skipped("it asks nobody through host.http");
    const std::vector<std::pair<std::string, HttpAnswer>> ways{
        {"a refused connection", {false, false, 0, {}, {}, "connection refused"}},
        {"an answer that never came", {true, false, 0, {}, {}, "no answer before the deadline"}},
        {"status 500", vendorSays(500, "<html>")},
        {"status 401", vendorSays(401, "{}")},
        {"status 429", vendorSays(429, "{}")},
        {"a body that cannot be read", vendorSays(200, "<html>We are sorry</html>")}};
    for (const auto& [when, says] : ways) {
        const auto answer = whenTheVendor(subject, lookup, says);
        if (answer.outcome == Outcome::ok && !answer.document.value("found", true) &&
            answer.document.value("trusted", false))
            return broken(when + ": it says that the message was certainly not sent");
    }
    return kKept;
}

inline void addCarrierRules(std::vector<Rule>& rules) {
    rules.push_back(
        {"lookup-absent", "takes a message for not sent only on the vendor's word", missesNothingUnasked});
    rules.push_back({"webhook-unsigned", "believes no webhook without a signature", believesNobody});
    rules.push_back({"webhook-sample", "believes the sample's webhook", takesTheSignedOne});
    rules.push_back({"webhook-tampered", "believes no changed body and no other secret", refusesTheTampered});
    rules.push_back({"webhook-damaged", "bears whatever strangers post", bearsStrangersBodies});
}

}  // namespace overture::testing::detail
