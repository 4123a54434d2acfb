// A whole language model for a made-up API: POST /complete takes messages and answers with one text.
#include <algorithm>
#include <cmath>
#include <overture/documents.hpp>
#include <overture/plugin.hpp>

using namespace overture::sdk;

namespace {

class Acme final : public Model {
public:
    Acme(Host host, const Json& settings) : host_(host), settings_(settings) {}

    Answer complete(const Json& request, const Call& call) override {
        Json body{{"model", modelOf(request)}, {"messages", request.at("messages")}};
        if (request.contains("max_tokens")) body["most"] = request["max_tokens"];
        if (request.contains("schema")) body["schema"] = request["schema"].at("schema");
        const auto answer = host_.http({"POST",
                                        textOf(settings_, "base_url") + "/complete",
                                        {{"Authorization", "Bearer " + host_.secret("api_key").value_or("")},
                                         {"Content-Type", "application/json"}},
                                        body.dump(-1, ' ', false, Json::error_handler_t::replace),
                                        call.deadlineMs});
        if (!answer.sent) return Answer::no(Outcome::transient, answer.error);
        if (!answer.answered) return Answer::no(Outcome::unknown, answer.error);  // it may have to be paid
        if (answer.status != 200) return refusal(answer);
        const auto said = parsed(answer.body);
        const auto ended = textOf(said, "ended");
        if (textOf(said, "text").empty() || (ended != "stop" && ended != "length"))
            return Answer::no(Outcome::unknown, "the model's answer cannot be used");
        const auto text = textOf(said, "text");
        const auto json = parsed(text);
        return Answer::ok(
            {{"content", text},
             {"json", json.is_object() ? json : Json()},
             {"tool_calls", Json::array()},
             {"finish", ended},
             {"model", textOf(said, "model").empty() ? modelOf(request) : textOf(said, "model")},
             {"usage", usage(tokens(said, "read"), tokens(said, "written"))}});
    }

    /// One token for each three bytes that are read, and all that may be written.
    Answer estimate(const Json& request, const Call&) override {
        const auto read = static_cast<std::int64_t>(request.at("messages").dump().size() / 3 + 1);
        const auto most = usage(read, request.value("max_tokens", std::int64_t{4096}));
        return Answer::ok({{"cost_micros", most.at("cost_micros")}, {"currency", "USD"}});
    }

private:
    std::string modelOf(const Json& request) const {
        const auto wanted = textOf(request, "model");
        return wanted.empty() ? textOf(settings_, "model") : wanted;
    }

    static std::int64_t tokens(const Json& said, const char* name) {
        const auto& counts = objectIn(said, "tokens");
        return counts.value(name, Json()).is_number_unsigned() ? counts[name].get<std::int64_t>() : 0;
    }

    Json usage(std::int64_t read, std::int64_t written) const {
        const auto micros = static_cast<double>(read) * settings_.at("input_micros").get<double>() +
                            static_cast<double>(written) * settings_.at("output_micros").get<double>();
        return {{"input_tokens", read},
                {"output_tokens", written},
                {"cost_micros", static_cast<std::int64_t>(std::ceil(micros))},
                {"currency", "USD"}};
    }

    static Answer refusal(const HttpAnswer& answer) {
        const auto said = "Acme answered " + std::to_string(answer.status);
        const auto code = std::to_string(answer.status);
        if (answer.status == 401 || answer.status == 403)
            return Answer::no(Outcome::auth, said + ": check api_key", code);
        if (answer.status / 100 == 5 || answer.status / 100 == 3)
            return Answer::no(Outcome::transient, said, code);
        if (answer.status != 429) return Answer::no(Outcome::invalid, said, code);
        auto wait = Answer::no(Outcome::limited, said, code);
        const auto after = answer.header("Retry-After");
        if (!after.empty() &&
            std::all_of(after.begin(), after.end(), [](char c) { return c >= '0' && c <= '9'; }))
            wait.retryAfterMs = std::stoll(after.substr(0, 9)) * 1000;
        return wait;
    }

    Host host_;
    Json settings_;
};

}  // namespace

OVERTURE_PLUGIN("acme", "0.1.0", [](Host host, const Json& settings) -> Opened {
    Opened opened;
    opened.model = std::make_shared<Acme>(host, settings);
    return opened;
})
