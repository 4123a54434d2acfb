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

/// A binding whose vendor answers what a webhook makes it ask, such as for a certificate, as the sample says.
struct WebhookTrial : Trial {
    explicit WebhookTrial(const Subject& subject) : WebhookTrial(subject, subject.sample.secrets) {}
    WebhookTrial(const Subject& subject, const std::map<std::string, std::string>& secrets)
        : Trial(subject, secrets) {
        if (const auto good = goodAnswer(subject, kWebhook))
            host.answerWith([good](const HttpRequest&) { return *good; });
    }
};

/// What proves the sample's webhook: "body" all of its bytes, "fields" what its members say, "token" a secret that is sent along,
/// "key" the bytes by a public key among the settings, "jwt" a token that the vendor signs and that says nothing of the body.
inline std::string proofOf(const Subject& subject) {
    return subject.sample.of(kWebhook).value("signed", "body");
}

/// Whether anything of it would be believed.
inline bool believed(const Answer& answer) {
    return answer.outcome == Outcome::ok && answer.document.contains("events") &&
           !answer.document["events"].empty();
}

inline Verdict believesNobody(const Subject& subject) {
    WebhookTrial trial(subject);
    auto unsigned_ = signedWebhook(subject).value_or(requests().at(kWebhook));
    unsigned_["headers"] = Json::object();
    if (proofOf(subject) == "fields") {
        auto body = Json::parse(bodyOf(unsigned_), nullptr, false);
        for (const auto& name : subject.sample.of(kWebhook).value("signature", Json::array()))
            body.erase(name.get<std::string>());
        unsigned_ = withBody(unsigned_, body.dump());
    }
    return believed(trial.ask(kWebhook, unsigned_)) ? broken("it believed a webhook without a signature")
                                                    : kKept;
}

inline Verdict takesTheSignedOne(const Subject& subject) {
    const auto webhook = signedWebhook(subject);
    if (!webhook) return skipped("conformance.json has no request for \"" + kWebhook + "\"");
    WebhookTrial trial(subject);
    const auto answer = trial.ask(kWebhook, *webhook);
    if (!believed(answer)) return broken("the sample's webhook: " + shown(answer) + ", and gave no events");
    for (const auto& event : answer.document["events"]) {
        const auto kind = event.value("kind", "");
        if (kind != "message" && kind != "status" && kind != "mail" && kind != "limits")
            return broken("an event of the kind \"" + kind + "\"");
        if (event.value("id", "").empty())
            return broken("an event without an id: a repetition would count twice");
    }
    return kKept;
}

/// Ways to write a token that its signer did not; none when it has not three parts.
inline std::vector<std::pair<std::string, std::string>> otherTokens(const std::string& token) {
    const auto first = token.find('.'), second = token.find('.', std::min(first, token.size() - 1) + 1);
    if (first == std::string::npos || second == std::string::npos) return {};
    const auto head = token.substr(0, first), said = token.substr(first + 1, second - first - 1),
               proof = token.substr(second + 1);
    const auto written = [](const Json& document) { return sdk::toBase64Url(document.dump(1)); };
    auto claims = Json::parse(sdk::fromBase64Url(said).value_or(""), nullptr, false);
    if (!claims.is_object()) return {};
    const auto again = written(claims);
    claims["exp"] = claims.value("exp", std::int64_t{0}) + 1;
    std::vector<std::pair<std::string, std::string>> others{
        {"whose claims were written again", head + "." + again + "." + proof},
        {"whose claims say more", head + "." + written(claims) + "." + proof},
        {"that says it is not signed", written({{"alg", "none"}}) + "." + said + "."},
        {"signed in another way", written({{"alg", "HS256"}}) + "." + said + "." + proof},
        {"in another order", said + "." + head + "." + proof},
        {"with more behind it", token + "="},
        {"without its signature", head + "." + said + "."}};
    for (std::size_t part = 0; part < 8; ++part) {
        auto other = token;
        auto& letter = other[part * (token.size() - 1) / 7];
        letter = letter == 'x' ? 'y' : 'x';
        others.emplace_back("with another letter at " + std::to_string(part * (token.size() - 1) / 7), other);
    }
    return others;
}

/// The same with every long text changed: keys of somebody else.
inline Json withOtherKeys(Json document) {
    constexpr std::size_t kLong = 100;
    if (document.is_string() && document.get<std::string>().size() >= kLong) {
        auto text = document.get<std::string>();
        text[text.size() / 2] = text[text.size() / 2] == 'x' ? 'y' : 'x';
        return text;
    }
    if (document.is_structured())
        for (auto& item : document) item = withOtherKeys(item);
    return document;
}

inline Verdict refusesOtherTokens(const Subject& subject, const Json& webhook) {
    int tried = 0;
    for (const auto& [name, given] : webhook.at("headers").items()) {
        const auto text = given.get<std::string>();
        const auto space = text.rfind(' ');
        const auto before = space == std::string::npos ? std::string() : text.substr(0, space + 1);
        for (const auto& [how, token] : otherTokens(text.substr(before.size()))) {
            WebhookTrial trial(subject);
            auto other = webhook;
            other["headers"][name] = before + token;
            if (believed(trial.ask(kWebhook, other))) return broken("it believed a token " + how);
            ++tried;
        }
    }
    if (tried == 0) return broken("no header of the sample holds a token of three parts");
    auto stranger = subject;
    auto& answer = stranger.sample.operations[kWebhook]["answer"];
    answer["body"] = withOtherKeys(answer.value("body", Json()));
    WebhookTrial trial(stranger);
    if (believed(trial.ask(kWebhook, webhook)))
        return broken("it believed a token when the vendor's keys were others");
    return kKept;
}

/// The same members, the last first.
inline nlohmann::ordered_json turnedAround(const nlohmann::ordered_json& document) {
    if (document.is_array()) {
        auto out = nlohmann::ordered_json::array();
        for (const auto& item : document) out.push_back(turnedAround(item));
        return out;
    }
    if (!document.is_object()) return document;
    auto out = nlohmann::ordered_json::object();
    std::vector<std::string> names;
    for (const auto& [name, item] : document.items()) names.push_back(name);
    for (auto name = names.rbegin(); name != names.rend(); ++name) out[*name] = turnedAround(document[*name]);
    return out;
}

inline Verdict refusesTheTampered(const Subject& subject) {
    const auto webhook = signedWebhook(subject);
    if (!webhook) return skipped("conformance.json has no request for \"" + kWebhook + "\"");
    WebhookTrial trial(subject);
    const auto proof = proofOf(subject);
    if (proof == "jwt") return refusesOtherTokens(subject, *webhook);
    const bool signs = proof != "token";
    const auto body = bodyOf(*webhook);
    for (std::size_t part = 0; signs && part < 8 && !body.empty(); ++part) {
        auto other = body;
        auto& byte = other[part * (body.size() - 1) / 7];
        byte = byte == 'x' ? 'y' : 'x';
        if (believed(trial.ask(kWebhook, withBody(*webhook, other))))
            return broken("it believed a body with another byte at " +
                          std::to_string(part * (body.size() - 1) / 7));
    }
    const bool bytes = signs && proof != "fields";
    if (bytes && believed(trial.ask(kWebhook, withBody(*webhook, body + " "))))
        return broken("it believed a longer body");
    const auto again = Json::parse(body, nullptr, false);
    if (bytes && !again.is_discarded() && again.dump(1) != body &&
        believed(trial.ask(kWebhook, withBody(*webhook, again.dump(1)))))
        return broken("it believed the same document written again: the signature is of the bytes");
    const auto turned = nlohmann::ordered_json::parse(body, nullptr, false);
    const auto reordered = turned.is_discarded() ? body : turnedAround(turned).dump();
    if (bytes && reordered != body && believed(trial.ask(kWebhook, withBody(*webhook, reordered))))
        return broken("it believed the same members in another order: the signature is of the bytes");
    if (proof == "key" || proof == "fields") return kKept;
    auto others = subject.sample.secrets;
    for (auto& [name, value] : others) value = "another-" + value;
    std::optional<WebhookTrial> stranger;
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
    WebhookTrial trial(subject);
    const bool signs = proofOf(subject) != "token" && proofOf(subject) != "jwt";
    std::mt19937_64 random(23);
    const auto webhook = signedWebhook(subject).value_or(requests().at(kWebhook));
    const auto body = bodyOf(webhook);
    const auto good = trial.ask(kWebhook, webhook).document;
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
        const bool saysTheSame = proofOf(subject) == "fields" && answer.document == good;
        if (signs && other != body && believed(answer) && !saysTheSame)
            return broken("it believed damaged body number " + std::to_string(i));
        if (answer.outcome != Outcome::ok && answer.message.empty())
            return broken("damaged body number " + std::to_string(i) + ": " + shown(answer) +
                          " without a sentence");
    }
    return kKept;
}

/// A header that is needed is needed as it is.
inline Verdict holdsEachHeader(const Subject& subject) {
    const auto webhook = signedWebhook(subject);
    if (!webhook) return skipped("conformance.json has no request for \"" + kWebhook + "\"");
    WebhookTrial trial(subject);
    int needed = 0;
    const auto headers = webhook->at("headers");
    for (const auto& [name, given] : headers.items()) {
        if (!given.is_string() || name == "Content-Type") continue;
        const auto text = given.get<std::string>();
        const auto with = [&, key = name](const Json& value) {
            auto other = *webhook;
            other["headers"][key] = value;
            return believed(trial.ask(kWebhook, other));
        };
        auto without = *webhook;
        without["headers"].erase(name);
        if (believed(trial.ask(kWebhook, without))) continue;
        ++needed;
        auto changed = text;
        changed[text.size() / 2] = changed[text.size() / 2] == 'x' ? 'y' : 'x';
        const std::vector<std::pair<std::string, std::string>> ways{
            {"empty", ""},
            {"changed", changed},
            {"cut off", text.substr(0, text.size() / 2)},
            {"of noughts", std::string(text.size(), '0')}};
        for (const auto& [how, value] : ways)
            if (with(value)) return broken("it believed the header " + name + " when it was " + how);
        if (with(Json(7)) || with(Json())) return broken("it believed a header " + name + " that is no text");
    }
    return needed > 0 || proofOf(subject) == "fields" ? kKept : broken("no header proves the sample");
}

inline Verdict refusesTheStale(const Subject& subject) {
    const auto webhook = signedWebhook(subject);
    const auto fresh = subject.sample.of(kWebhook).value("fresh_seconds", std::int64_t{0});
    if (!webhook || !subject.sample.now || fresh <= 0)
        return skipped("conformance.json has no \"fresh_seconds\": nothing says that its signatures age");
    for (const int way : {1, -1}) {
        WebhookTrial trial(subject);
        trial.host.now(*subject.sample.now + way * (fresh + 60) * 1'000'000);
        if (believed(trial.ask(kWebhook, *webhook)))
            return broken(std::string("it believed a webhook ") + (way > 0 ? "of " : "signed for ") +
                          std::to_string(fresh + 60) + " seconds " + (way > 0 ? "ago" : "hence"));
    }
    return kKept;
}

/// Vendors send again, in any order and to any of our processes: the same call is the same events.
inline Verdict readsTheSameAgain(const Subject& subject) {
    const auto webhook = signedWebhook(subject);
    if (!webhook) return skipped("conformance.json has no request for \"" + kWebhook + "\"");
    WebhookTrial trial(subject);
    const auto first = trial.ask(kWebhook, *webhook), second = trial.ask(kWebhook, *webhook);
    WebhookTrial other(subject);
    if (first.outcome != second.outcome || first.document != second.document ||
        first.document != other.ask(kWebhook, *webhook).document)
        return broken("the same call gave other events the second time");
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
    addKeyRules(rules, "carrier.message/1 lookup", "lookup");
    rules.push_back(
        {"lookup-absent", "takes a message for not sent only on the vendor's word", missesNothingUnasked});
    rules.push_back({"webhook-unsigned", "believes no webhook without a signature", believesNobody});
    rules.push_back({"webhook-sample", "believes the sample's webhook", takesTheSignedOne});
    rules.push_back({"webhook-tampered", "believes no changed body and no other secret", refusesTheTampered});
    rules.push_back({"webhook-header", "believes no other value of a header that proves", holdsEachHeader});
    rules.push_back(
        {"webhook-stale", "believes nothing that was signed too long ago or too far ahead", refusesTheStale});
    rules.push_back({"webhook-again", "reads the same call as the same events again", readsTheSameAgain});
    rules.push_back({"webhook-damaged", "bears whatever strangers post", bearsStrangersBodies});
}

}  // namespace overture::testing::detail
