// What an operation makes of a key or a token that the vendor does not take: an operator must hear of it, and nothing may happen
// twice on the way.
#pragma once

#include <set>

namespace overture::testing::detail {

inline std::string authorizationOf(const HttpRequest& request) {
    for (const auto& [name, value] : request.headers)
        if (sdk::detail::sameHeader(name, "Authorization")) return value;
    return {};
}
inline std::string doingOf(const HttpRequest& request) {
    return request.method + " " + request.url + "\n" + request.body;
}

/// Revoked, or without the right: not the vendor's being away, and the sentence says which secret to look at.
inline Verdict tellsWhichKey(const Subject& subject, const std::string& operation) {
    std::vector<int> statuses{401};
    if (!operation.ends_with(" lookup"))
        statuses.push_back(403);  // what may be asked is less than what may be sent
    for (const int status : statuses) {
        const auto when = "status " + std::to_string(status);
        const auto answer = whenTheVendor(subject, operation, vendorSays(status, "{}"));
        if (answer.outcome != Outcome::auth) return broken(when + ": " + shown(answer) + ", not auth");
        const auto& secrets = subject.sample.secrets;
        const bool named = std::any_of(secrets.begin(), secrets.end(), [&](const auto& secret) {
            return answer.message.find(secret.first) != std::string::npos;
        });
        if (!named && !secrets.empty())
            return broken(when + ": " + shown(answer) + ", which names no secret");
    }
    return kKept;
}

/// A key that was refused is refused again; another token is worth one more request.
inline Verdict triesAKeyOnce(const Subject& subject, const std::string& operation) {
    Trial trial(subject);
    trial.host.answerWith([](const HttpRequest&) { return vendorSays(401, "{}"); });
    trial.ask(operation);
    std::set<std::string> seen;
    std::map<std::string, int> times;
    for (const auto& request : trial.host.requests()) {
        if (!seen.insert(doingOf(request) + authorizationOf(request)).second)
            return broken("it asks again with what was refused");
        if (++times[doingOf(request)] > 2) return broken("it asks more than twice");
    }
    return kKept;
}

/// Of operations with tokens of host.oauth2.
inline Verdict renewsATokenOnce(const Subject& subject, const std::string& operation) {
    Trial trial(subject);
    trial.host.answerWith([](const HttpRequest&) { return vendorSays(500); });
    trial.ask(operation);
    if (trial.host.grant().is_null()) return skipped("it asks for no token of host.oauth2");
    const std::vector<std::pair<Outcome, std::string>> refusals{
        {Outcome::auth, "a grant that is over"}, {Outcome::transient, "a token server that is away"}};
    for (const auto& [outcome, when] : refusals) {
        Trial without(subject);
        without.host.tokens(outcome, when, "invalid_grant");
        const auto answer = without.ask(operation);
        if (answer.outcome != outcome)
            return broken(when + ": " + shown(answer) + ", not " + nameOf(outcome));
        if (!without.host.requests().empty()) return broken(when + ": it asks without a token");
    }
    const auto good = goodAnswer(subject, operation);
    if (!good) return skipped("conformance.json has no answer for \"" + operation + "\"");
    Trial expired(subject);
    std::string first;
    std::map<std::string, int> taken;
    expired.host.answerWith([&](const HttpRequest& request) {
        if (first.empty()) first = authorizationOf(request);
        if (authorizationOf(request) == first) return vendorSays(401, "{}");
        ++taken[doingOf(request)];
        return *good;
    });
    const auto answer = expired.ask(operation);
    if (answer.outcome != Outcome::ok)
        return broken("a token that is over, and a good one: " + shown(answer));
    for (const auto& [doing, times] : taken)
        if (times > 1 && !doing.starts_with("GET")) return broken("a request is made twice");
    return kKept;
}

inline void addKeyRules(std::vector<Rule>& rules, const std::string& operation, const std::string& name) {
    const auto add = [&](const std::string& rule, const std::string& demands, auto check) {
        rules.push_back({name + "-" + rule, demands, [operation, check](const Subject& subject) {
                             if (!asksTheVendor(subject, operation))
                                 return skipped("it asks nobody through host.http");
                             return Verdict(check(subject, operation));
                         }});
    };
    add("key", "is auth when the vendor does not take the key, and says which", tellsWhichKey);
    add("key-once", "tries no key again that was refused, and another token once", triesAKeyOnce);
    add("token", "renews a token that is over once, and does nothing twice", renewsATokenOnce);
}

}  // namespace overture::testing::detail
