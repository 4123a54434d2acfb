// What an operation makes of each way in which a vendor can answer, or not.
#pragma once

namespace overture::testing::detail {

/// How much is at stake: a message sent twice, a model paid twice, or nothing.
struct Stakes {
    std::string operation, name;
    std::vector<Outcome> lost, unwell, unreadable, senseless;
};

inline const std::vector<Stakes>& operationsWithVendors() {
    using enum Outcome;
    static const std::vector<Stakes> all{
        {"carrier.message/1 send", "send", {unknown}, {unknown}, {unknown}, {unknown}},
        {"model.chat/1 complete",
         "complete",
         {unknown},
         {unknown, transient},
         {unknown},
         {unknown, transient}},
        {"model.embed/1 embed", "embed", {unknown}, {unknown, transient}, {unknown}, {unknown, transient}},
        {"registry.numbers/1 check",
         "check",
         {unknown, transient},
         {unknown, transient},
         {unknown, transient},
         {unknown, transient}},
        {"enrichment/1 ask",
         "enrichment",
         {unknown},
         {unknown, transient},
         {unknown, transient},
         {unknown, transient}},
        {"crm/1 ask", "crm", {unknown}, {unknown, transient}, {unknown, transient}, {unknown, transient}},
        {"signature/1 ask",
         "signature",
         {unknown},
         {unknown, transient},
         {unknown, transient},
         {unknown, transient}}};
    return all;
}

inline bool allows(const std::vector<Outcome>& outcomes, Outcome outcome) {
    return std::find(outcomes.begin(), outcomes.end(), outcome) != outcomes.end();
}

inline std::string listed(const std::vector<Outcome>& outcomes) {
    std::string text;
    for (const auto outcome : outcomes) text += (text.empty() ? "" : " or ") + std::string(nameOf(outcome));
    return text;
}

inline Verdict expect(const Answer& answer, const std::vector<Outcome>& allowed, const std::string& when) {
    if (allows(allowed, answer.outcome)) return kKept;
    return broken(when + ": " + shown(answer) + ", not " + listed(allowed));
}

inline std::vector<std::string> unreadableBodies(const Subject& subject, const std::string& operation) {
    std::vector<std::string> bodies{"",
                                    "<html><body>We are sorry</body></html>",
                                    "null",
                                    "[]",
                                    "{",
                                    "\"ok\"",
                                    "{\"id\": 17}",
                                    std::string(300'000, ' ')};
    if (const auto good = goodAnswer(subject, operation))
        for (const auto part : {1, 2, 3})
            bodies.push_back(good->body.substr(0, good->body.size() * part / 4));
    return bodies;
}

inline Verdict readsOnlyWholeAnswers(const Subject& subject, const Stakes& stakes) {
    const auto good = goodAnswer(subject, stakes.operation);
    if (good && good->body.empty()) return skipped("the vendor's own answer has no body");
    for (const auto& body : unreadableBodies(subject, stakes.operation)) {
        const auto answer =
            whenTheVendor(subject, stakes.operation,
                          vendorSays(good ? good->status : 200, body, {{"Content-Type", "text/html"}}));
        // What is whole and says nothing was not cut off: a model may be asked again.
        const bool cut = Json::parse(body, nullptr, false).is_discarded();
        const auto verdict = expect(answer, cut ? stakes.unreadable : stakes.senseless,
                                    "a good status with \"" + body.substr(0, 40) + "\"");
        if (verdict.state == Verdict::broken) return verdict;
    }
    return kKept;
}

/// Proxies and vendors in trouble say it in HTML, with any status.
inline Verdict bearsErrorPages(const Subject& subject, const Stakes& stakes) {
    for (const int status : {400, 403, 404, 408, 409, 422, 500, 502, 503, 520, 529}) {
        const auto answer = whenTheVendor(
            subject, stakes.operation,
            vendorSays(status, "<html><title>Sorry</title></html>", {{"Content-Type", "text/html"}}));
        const auto when = "an HTML page with status " + std::to_string(status) + ": ";
        if (answer.outcome == Outcome::ok) return broken(when + shown(answer));
        if (answer.message.empty()) return broken(when + shown(answer) + " without a sentence");
        if ((answer.message + answer.code).find("<html") != std::string::npos)
            return broken(when + "it shows operators the page");
    }
    return kKept;
}

inline Verdict followsNoRedirect(const Subject& subject, const Stakes& stakes) {
    using enum Outcome;
    std::vector allowed{invalid, auth, rejected, limited, unknown, internal};
    if (stakes.name != "send") allowed.push_back(transient);
    for (const int status : {301, 302, 303, 307, 308}) {
        const auto answer = whenTheVendor(subject, stakes.operation,
                                          vendorSays(status, "", {{"Location", "https://other.example/"}}));
        const auto verdict = expect(answer, allowed, "status " + std::to_string(status));
        if (verdict.state == Verdict::broken) return verdict;
    }
    return kKept;
}

inline Verdict bearsTooMuch(const Subject& subject, const Stakes& stakes) {
    constexpr std::size_t kMuch = 8 * 1024 * 1024;
    const auto good = goodAnswer(subject, stakes.operation);
    if (good && good->body.empty()) return skipped("the vendor's own answer has no body");
    auto body = good ? good->body : std::string("{");
    if (!body.empty()) body.pop_back();
    body.resize(kMuch, ' ');
    return expect(whenTheVendor(subject, stakes.operation, vendorSays(good ? good->status : 200, body)),
                  stakes.unreadable, "a good status with a body that does not end within 8 MiB");
}

/// What the vendor took was taken, whatever its answer is called.
inline Verdict bearsOtherTypes(const Subject& subject, const Stakes& stakes) {
    auto answer = goodAnswer(subject, stakes.operation);
    if (!answer) return skipped("conformance.json has no answer for \"" + stakes.operation + "\"");
    auto allowed = stakes.unreadable;
    allowed.push_back(Outcome::ok);
    for (const char* type : {"text/html", "text/plain; charset=utf-16", "application/octet-stream", ""}) {
        answer->headers = {{"Content-Type", type}};
        const auto verdict = expect(whenTheVendor(subject, stakes.operation, *answer), allowed,
                                    "the sample's answer as \"" + std::string(type) + "\"");
        if (verdict.state == Verdict::broken) return verdict;
    }
    return kKept;
}

inline Verdict waitsAsLongAsTold(const Subject& subject, const Stakes& stakes) {
    const auto answer =
        whenTheVendor(subject, stakes.operation, vendorSays(429, "{}", {{"Retry-After", "7"}}));
    if (answer.outcome != Outcome::limited) return broken("status 429: " + shown(answer) + ", not limited");
    if (answer.retryAfterMs.value_or(0) < 7000)
        return broken("Retry-After: 7 became " + std::to_string(answer.retryAfterMs.value_or(0)) + " ms");
    return kKept;
}

inline Verdict staysInItsTime(const Subject& subject, const Stakes& stakes) {
    Trial trial(subject);
    trial.host.answerWith([](const HttpRequest&) { return vendorSays(500); });
    trial.ask(stakes.operation, 1500);
    for (const auto& request : trial.host.requests())
        if (request.deadlineMs <= 0 || request.deadlineMs > 1500)
            return broken("with 1500 ms left it gives a request " + std::to_string(request.deadlineMs) +
                          " ms");
    return kKept;
}

/// Vendors quote what they were sent; operators read what the plugin says.
inline Verdict keepsSecretsAndPeople(const Subject& subject, const Stakes& stakes) {
    Trial trial(subject);
    std::vector<std::string> private_{"15555550123", "5555550123", "The suite's own words"};
    for (const auto& [name, value] : subject.sample.secrets)
        if (value.size() >= 4) private_.push_back(value);
    std::string quoted = "refused: +15555550123, The suite's own words";
    for (const auto& [name, value] : subject.sample.secrets) quoted += ", " + value;
    const Json body{{"code", 21211},
                    {"message", quoted},
                    {"error", {{"message", quoted}, {"code", 100}, {"type", "invalid"}}},
                    {"errors", Json::array({{{"message", quoted}, {"detail", quoted}}})}};
    for (const int status : {400, 401, 403, 404, 422, 500}) {
        trial.host.answerWith([&](const HttpRequest&) { return vendorSays(status, body.dump()); });
        const auto answer = trial.ask(stakes.operation);
        auto said = answer.code + "\n" + answer.message;
        for (const auto& [level, line] : trial.host.logged()) said += "\n" + line;
        for (const auto& text : private_)
            if (said.find(text) != std::string::npos)
                return broken("status " + std::to_string(status) + ": it repeats \"" + text +
                              "\" of the vendor's answer");
    }
    return kKept;
}

inline Verdict takesTheSample(const Subject& subject, const Stakes& stakes) {
    const auto good = goodAnswer(subject, stakes.operation);
    if (!good) return skipped("conformance.json has no answer for \"" + stakes.operation + "\"");
    const auto answer = whenTheVendor(subject, stakes.operation, *good);
    if (answer.outcome != Outcome::ok) return broken("the sample's answer: " + shown(answer));
    const auto& document = answer.document;
    const auto text = [&](const char* name) {
        return document.contains(name) && document[name].is_string() ? document[name].get<std::string>() : "";
    };
    if (stakes.name == "send" && text("reference").empty()) return broken("ok without a reference");
    if (stakes.name == "send" && text("status") != "queued" && text("status") != "sent")
        return broken("ok with the status \"" + text("status") + "\", not queued or sent");
    if (stakes.name == "complete") {
        if (!document.contains("content")) return broken("ok without content");
        const auto finish = text("finish");
        if (finish != "stop" && finish != "length" && finish != "refusal" && finish != "tool")
            return broken("ok with the finish \"" + finish + "\"");
        if (text("model").empty() || !document.contains("usage")) return broken("ok without model or usage");
    }
    if (stakes.name == "embed" && (!document.contains("vectors") || document["vectors"].size() != 1))
        return broken("ok without one vector for each text");
    return kKept;
}

inline void addVendorRules(std::vector<Rule>& rules, const Stakes& stakes) {
    const auto add = [&](const std::string& name, const std::string& demands, auto check) {
        rules.push_back({stakes.name + "-" + name, demands, [stakes, check](const Subject& subject) {
                             if (!asksTheVendor(subject, stakes.operation))
                                 return skipped("it asks nobody through host.http");
                             return Verdict(check(subject));
                         }});
    };
    const auto vendor = [stakes](HttpAnswer says, std::vector<Outcome> allowed, std::string when) {
        return [stakes, says, allowed, when](const Subject& subject) {
            return expect(whenTheVendor(subject, stakes.operation, says), allowed, when);
        };
    };
    using enum Outcome;
    add("not-sent", "is transient when no byte of the request left",
        vendor({false, false, 0, {}, {}, "connection refused"}, {transient}, "a refused connection"));
    add("lost", "is " + listed(stakes.lost) + " when the request may have arrived and no answer came",
        vendor({true, false, 0, {}, {}, "no answer before the deadline"}, stakes.lost,
               "an answer that never came"));
    addKeyRules(rules, stakes.operation, stakes.name);
    add("limited", "is limited for as long as the vendor says",
        [stakes](const Subject& subject) { return waitsAsLongAsTold(subject, stakes); });
    for (const int status : {500, 502, 504})
        add("status-" + std::to_string(status), "is " + listed(stakes.unwell) + " when the vendor is unwell",
            vendor(vendorSays(status, "<html>Bad gateway</html>", {{"Content-Type", "text/html"}}),
                   stakes.unwell, "status " + std::to_string(status)));
    add("redirect", "follows no redirect and does not take one for an answer",
        [stakes](const Subject& subject) { return followsNoRedirect(subject, stakes); });
    add("html", "takes no HTML page for an answer, and shows it to nobody",
        [stakes](const Subject& subject) { return bearsErrorPages(subject, stakes); });
    add("oversized", "is " + listed(stakes.unreadable) + " when a body has no end",
        [stakes](const Subject& subject) { return bearsTooMuch(subject, stakes); });
    add("content-type", "reads an answer by another name, or is " + listed(stakes.unreadable),
        [stakes](const Subject& subject) { return bearsOtherTypes(subject, stakes); });
    add("unreadable",
        "is " + listed(stakes.unreadable) + " when a good status has a body that cannot be read",
        [stakes](const Subject& subject) { return readsOnlyWholeAnswers(subject, stakes); });
    add("deadline", "gives no request more time than the call has",
        [stakes](const Subject& subject) { return staysInItsTime(subject, stakes); });
    add("private", "repeats no secret, number or words that the vendor quotes",
        [stakes](const Subject& subject) { return keepsSecretsAndPeople(subject, stakes); });
    add("sample", "answers as documented when the vendor answers as its sample does",
        [stakes](const Subject& subject) { return takesTheSample(subject, stakes); });
}

}  // namespace overture::testing::detail
