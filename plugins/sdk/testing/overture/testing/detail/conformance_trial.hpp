// One plugin opened with its sample, on a host of its own, for one rule of conformance.hpp.
#pragma once

#include <algorithm>
#include <memory>

namespace overture::testing {

inline Sample readSample(const Json& document) {
    const auto refuse = [](const std::string& what) {
        throw std::runtime_error("conformance.json: " + what);
    };
    if (!document.is_object()) refuse("it is not a JSON object");
    Sample sample;
    for (const auto& [name, value] : document.items()) {
        if (name == "settings") {
            if (!value.is_object()) refuse("\"settings\" is not an object");
            sample.settings = value;
        } else if (name == "secrets") {
            for (const auto& [secret, text] : value.items())
                if (text.is_string())
                    sample.secrets[secret] = text;
                else
                    refuse("the secret \"" + secret + "\" is not a text");
        } else if (name == "now") {
            if (!value.is_number_integer()) refuse("\"now\" is not a whole number of microseconds");
            sample.now = value.get<std::int64_t>();
        } else if (name.find(' ') != std::string::npos && value.is_object()) {
            sample.operations[name] = value;
        } else {
            refuse("there is no \"" + name +
                   "\"; write settings, secrets, now, or an operation such as "
                   "\"carrier.message/1 send\"");
        }
    }
    return sample;
}

namespace detail {

inline const Verdict kKept{};
inline Verdict broken(const std::string& why) {
    return {Verdict::broken, why};
}
inline Verdict skipped(const std::string& why) {
    return {Verdict::skipped, why};
}

inline const char* nameOf(Outcome outcome) {
    constexpr const char* names[] = {"ok",      "invalid",   "unsupported", "auth",      "rejected",
                                     "limited", "transient", "unknown",     "cancelled", "internal"};
    return names[static_cast<int>(outcome)];
}
inline std::string shown(const Answer& answer) {
    return std::string("it answered ") + nameOf(answer.outcome) +
           (answer.message.empty() ? "" : " (" + answer.message + ")");
}
inline bool isOneOf(Outcome outcome, std::initializer_list<Outcome> allowed) {
    return std::find(allowed.begin(), allowed.end(), outcome) != allowed.end();
}

/// What the suite asks of each operation; a sample's "request" replaces members.
inline const std::map<std::string, Json>& requests() {
    static const Json message{{"delivery_id", "01a20200-0000-7000-8000-000000000001"},
                              {"channel", "sms"},
                              {"from", "+15555550100"},
                              {"to", "+15555550123"},
                              {"text", "The suite's own words"},
                              {"parts", Json::array({{{"text", "The suite's own words"}}})},
                              {"media", Json::array()},
                              {"idempotency_key", "01a20200-0000-7000-8000-000000000001"}};
    static const Json look{{"delivery_id", message["delivery_id"]},
                           {"channel", "sms"},
                           {"from", "+15555550100"},
                           {"to", "+15555550123"},
                           {"text", message["text"]},
                           {"sent_after", "2026-03-01T16:59:00Z"}};
    static const Json chat{
        {"purpose", "csr"},
        {"messages", Json::array({{{"role", "system"}, {"content", "You answer."}},
                                  {{"role", "user"}, {"content", "The suite's own words"}}})},
        {"max_tokens", 64},
        {"context", Json::object()}};
    static const Json compose{{"text", "The suite's own words"},
                              {"first", false},
                              {"sender_name", "Northbeam"},
                              {"language", "en"},
                              {"opt_out", "Reply STOP to opt out"},
                              {"duties", Json::array()},
                              {"delivery_id", message["delivery_id"]},
                              {"from", "+15555550100"},
                              {"to", "+15555550123"},
                              {"now", "2026-03-01T17:00:00Z"}};
    static const std::map<std::string, Json> all{
        {"carrier.message/1 send", message},
        {"carrier.message/1 lookup", look},
        {"carrier.message/1 webhook",
         {{"method", "POST"},
          {"url", "https://hooks.example/in"},
          {"headers", Json::object()},
          {"body_base64", ""}}},
        {"carrier.message/1 media",
         {{"id", "1003383421387256"},
          {"url", "https://media.example/1003383421387256"},
          {"content_type", "image/jpeg"}}},
        {"carrier.mailbox/1 fetch", {{"most", 1}}},
        {"speech.synthesize/1 voices", Json::object()},
        {"carrier.mailbox/1 forget", {{"ids", Json::array()}}},
        {"carrier.call/1 start",
         {{"delivery_id", message["delivery_id"]},
          {"call_id", "01a20200-0000-7000-8000-000000000002"},
          {"from", "+15555550100"},
          {"to", "+15555550123"},
          {"media", {{"url", "wss://hooks.example/v1/calls/media"}, {"token", "the-suites-own-token"}}},
          {"machine_detection", true},
          {"ring_seconds", 25},
          {"most_seconds", 600}}},
        {"carrier.call/1 lookup", look},
        {"carrier.call/1 end", {{"reference", "call-1"}}},
        {"carrier.call/1 transfer", {{"reference", "call-1"}, {"to", "+15555550124"}, {"ring_seconds", 20}}},
        {"carrier.call/1 webhook",
         {{"method", "POST"},
          {"url", "https://hooks.example/in"},
          {"headers", Json::object()},
          {"body_base64", ""},
          {"media", {{"url", "wss://hooks.example/v1/calls/media"}, {"token", "the-suites-own-token"}}}}},
        {"channel.call/1 manners",
         {{"language", "en"}, {"sender_name", "Northbeam"}, {"duties", Json::array()}}},
        {"channel.call/1 follow", {{"outcome", "no_answer"}, {"tries", 1}}},
        {"channel.call/1 speak", {{"text", "The suite's own words"}, {"language", "en"}}},
        {"channel.message/1 window", {{"to", "+15555550123"}, {"now", "2026-03-01T17:00:00Z"}}},
        {"channel.message/1 compose", compose},
        {"channel.message/1 read", {{"text", "Yes, call me"}, {"channel", "sms"}}},
        {"channel.message/1 measure", {{"text", "The suite's own words"}}},
        {"model.chat/1 complete", chat},
        {"model.chat/1 estimate", chat},
        {"model.embed/1 embed", {{"texts", {"The suite's own words"}}, {"purpose", "passage"}}},
        {"registry.numbers/1 check", {{"numbers", {"+15555550123"}}, {"now", "2026-03-01T17:00:00Z"}}},
        {"storage/1 remove", {{"key", "suite/object.wav"}}},
        {"storage/1 link", {{"key", "suite/object.wav"}, {"seconds", 60}}},
        {"carrier.simulated/1 due", {{"now", "2026-03-01T17:00:00Z"}}},
        {"enrichment/1 ask", {{"arguments", Json::object()}, {"key", "k1"}, {"now", "2026-03-01T17:00:00Z"}}},
        {"crm/1 ask", {{"arguments", Json::object()}, {"key", "k1"}, {"now", "2026-03-01T17:00:00Z"}}},
        {"signature/1 ask", {{"arguments", Json::object()}, {"key", "k1"}, {"now", "2026-03-01T17:00:00Z"}}}};
    return all;
}

inline HttpAnswer vendorSays(int status, std::string body = {},
                             std::vector<std::pair<std::string, std::string>> headers = {}) {
    return {true, true, status, std::move(headers), std::move(body), {}};
}

class Trial {
public:
    explicit Trial(const Subject& subject) : Trial(subject, subject.sample.secrets) {}
    Trial(const Subject& subject, const std::map<std::string, std::string>& secrets) : subject_(subject) {
        for (const auto& [name, value] : secrets) host.secret(name, value);
        if (subject.sample.now) host.now(*subject.sample.now);
        plugin = std::make_unique<Plugin>(subject.entry, host, subject.sample.settings);
    }

    Json request(const std::string& operation) const {
        auto document = requests().at(operation);
        const auto own = subject_.sample.of(operation);
        if (own.contains("request")) document.update(own["request"]);
        return document;
    }
    Answer ask(const std::string& operation, std::int64_t deadlineMs = 10000) {
        return ask(operation, request(operation), deadlineMs);
    }
    Answer ask(const std::string& operation, const Json& request, std::int64_t deadlineMs = 10000) {
        const auto space = operation.find(' ');
        return plugin->call(operation.substr(0, space), operation.substr(space + 1), request, deadlineMs);
    }
    Answer askText(const std::string& operation, const std::string& text) {
        const auto space = operation.find(' ');
        return plugin->callText(operation.substr(0, space), operation.substr(space + 1), text, 10000);
    }

    FakeHost host;
    std::unique_ptr<Plugin> plugin;

private:
    const Subject& subject_;
};

/// The vendor's answer that makes the operation ok, from the sample.
inline std::optional<HttpAnswer> goodAnswer(const Subject& subject, const std::string& operation) {
    const auto sample = subject.sample.of(operation);
    if (!sample.contains("answer")) return std::nullopt;
    const auto& answer = sample["answer"];
    const auto body = answer.value("body", Json());
    const auto once = body.is_string() ? body.get<std::string>() : body.dump();
    HttpAnswer made = vendorSays(answer.value("status", 200));
    for (int times = answer.value("times", 1); times > 0; --times) made.body += once;
    const auto headers = answer.value("headers", Json::object());
    for (const auto& [name, value] : headers.items())
        made.headers.emplace_back(name, value.get<std::string>());
    return made;
}

/// Whether the operation asks anybody through host.http: else a vendor's answers mean nothing to it.
inline bool asksTheVendor(const Subject& subject, const std::string& operation) {
    Trial trial(subject);
    trial.host.answerWith([](const HttpRequest&) { return vendorSays(500); });
    trial.ask(operation);
    return !trial.host.requests().empty();
}

/// One question to a binding whose vendor answers everything so.
inline Answer whenTheVendor(const Subject& subject, const std::string& operation, const HttpAnswer& says) {
    Trial trial(subject);
    trial.host.answerWith([&](const HttpRequest&) { return says; });
    return trial.ask(operation);
}

/// The operations that the library offers, as "carrier.message/1 send".
inline std::vector<std::string> operationsOf(const overture_entry_t* entry) {
    std::vector<std::string> all;
    for (const char* const* capability = entry->capabilities; *capability != nullptr; ++capability)
        for (const auto& [operation, request] : requests())
            if (const std::string begin = std::string(*capability) + " ";
                operation.starts_with(begin) && entry->get_capability(*capability) != nullptr &&
                slotIn(entry, *capability, operation.substr(begin.size())) != nullptr)
                all.push_back(operation);
    return all;
}

}  // namespace detail
}  // namespace overture::testing
