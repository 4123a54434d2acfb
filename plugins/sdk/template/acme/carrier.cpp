// A whole carrier for a made-up API: POST /messages, GET /messages?key=…, and webhooks with a token.
#include <algorithm>
#include <overture/bytes.hpp>
#include <overture/plugin.hpp>

using namespace overture::sdk;

namespace {

class Acme final : public Carrier {
public:
    Acme(Host host, const Json& settings)
        : host_(host),
          base_(settings.at("base_url").get<std::string>()),
          timeoutMs_(settings.at("timeout_ms").get<std::int64_t>()),
          key_(host.secret("api_key").value()),
          token_(host.secret("webhook_token")) {}

    Answer send(const Json& request, const Call& call) override {
        const Json body{{"from", request.at("from")}, {"to", request.at("to")}, {"text", request.at("text")}};
        const auto answer = ask("POST", "/messages", body.dump(), call,
                                {{"Idempotency-Key", request.at("idempotency_key").get<std::string>()}});
        if (!answer.sent) return Answer::no(Outcome::transient, answer.error);
        if (!answer.answered) return Answer::no(Outcome::unknown, answer.error);
        if (answer.status != 201) return refusal(answer);
        const auto document = Json::parse(answer.body, nullptr, false);
        if (!document.is_object() ||
            !document.value("id", Json()).is_string())  // taken, but under what name?
            return Answer::no(Outcome::unknown, "Acme answered 201 without an id");
        return Answer::ok({{"reference", document["id"]}, {"status", "queued"}});
    }

    Answer lookup(const Json& request, const Call& call) override {
        const auto answer =
            ask("GET", "/messages?key=" + request.at("delivery_id").get<std::string>(), "", call, {});
        if (!answer.answered) return Answer::no(Outcome::transient, answer.error);
        if (answer.status == 404) return Answer::ok({{"found", false}, {"trusted", true}});
        if (answer.status != 200) return refusal(answer);
        const auto document = Json::parse(answer.body);
        return Answer::ok(
            {{"found", true}, {"reference", document.at("id")}, {"status", "sent"}, {"trusted", true}});
    }

    Answer webhook(const Json& request, const Call&) override {
        if (!token_ || !sameSecret(request.at("headers").value("X-Acme-Token", ""), *token_))
            return Answer::no(Outcome::rejected, "the webhook's token is wrong");
        const auto body = fromBase64(request.value("body_base64", ""));
        const auto event = body ? Json::parse(*body, nullptr, false) : Json();
        if (!event.is_object() || !event.value("id", Json()).is_string())
            return Answer::no(Outcome::invalid, "the webhook is not an event of Acme's");
        Json events = Json::array();
        if (event.value("type", Json()) == "message")
            events.push_back({{"kind", "message"},
                              {"id", event["id"]},
                              {"from", event.at("from")},
                              {"to", event.at("to")},
                              {"text", event.at("text")},
                              {"channel", "sms"}});
        if (event.value("type", Json()) == "delivered")
            events.push_back({{"kind", "status"},
                              {"id", event["id"]},
                              {"reference", event.at("message")},
                              {"status", "delivered"}});
        return Answer::ok({{"events", events},
                           {"response", {{"status", 204}, {"content_type", "text/plain"}, {"body", ""}}}});
    }

private:
    HttpAnswer ask(const std::string& method, const std::string& path, const std::string& body,
                   const Call& call, std::vector<std::pair<std::string, std::string>> headers) const {
        headers.emplace_back("Authorization", "Bearer " + key_);
        headers.emplace_back("Content-Type", "application/json");
        return host_.http({method, base_ + path, headers, body, std::min(timeoutMs_, call.deadlineMs)});
    }

    static Answer refusal(const HttpAnswer& answer) {
        const auto said = "Acme answered " + std::to_string(answer.status);
        const auto code = std::to_string(answer.status);
        if (answer.status == 401 || answer.status == 403)
            return Answer::no(Outcome::auth, said + ": check api_key", code);
        if (answer.status >= 500) return Answer::no(Outcome::unknown, said, code);
        if (answer.status != 429) return Answer::no(Outcome::rejected, said, code);
        auto wait = Answer::no(Outcome::limited, said, code);
        const auto after = answer.header("Retry-After");
        if (!after.empty() &&
            std::all_of(after.begin(), after.end(), [](char c) { return c >= '0' && c <= '9'; }))
            wait.retryAfterMs = std::stoll(after.substr(0, 9)) * 1000;
        return wait;
    }

    Host host_;
    std::string base_;
    std::int64_t timeoutMs_;
    std::string key_;
    std::optional<std::string> token_;
};

}  // namespace

OVERTURE_PLUGIN("acme", "0.1.0", [](Host host, const Json& settings) -> Opened {
    Opened opened;
    opened.carrier = std::make_shared<Acme>(host, settings);
    return opened;
})
