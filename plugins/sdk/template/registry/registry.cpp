// A whole do-not-contact registry for a made-up API: POST /check takes numbers and says which are listed and which are free.
#include <algorithm>
#include <overture/documents.hpp>
#include <overture/plugin.hpp>

using namespace overture::sdk;

namespace {

class Acme final : public Registry {
public:
    Acme(Host host, const Json& settings) : host_(host), base_(textOf(settings, "base_url")) {}

    Answer check(const Json& request, const Call& call) override {
        const Json body{{"numbers", request.at("numbers")}};
        const auto answer = host_.http({"POST",
                                        base_ + "/check",
                                        {{"Authorization", "Bearer " + host_.secret("api_key").value_or("")},
                                         {"Content-Type", "application/json"}},
                                        body.dump(-1, ' ', false, Json::error_handler_t::replace),
                                        call.deadlineMs});
        if (!answer.answered) return Answer::no(Outcome::transient, answer.error);
        if (answer.status != 200) return refusal(answer);
        const auto said = parsed(answer.body);
        if (textOf(said, "as_of").empty() || !said.contains("listed") || !said.contains("free"))
            return Answer::no(Outcome::transient, "the registry's answer cannot be read");
        // A number that it does not speak of gets no answer: it may not be contacted.
        auto answers = Json::array();
        for (const bool listed : {true, false})
            for (const auto& number : listIn(said, listed ? "listed" : "free"))
                if (number.is_string()) answers.push_back({{"number", number}, {"listed", listed}});
        return Answer::ok({{"as_of", said["as_of"]}, {"answers", std::move(answers)}});
    }

private:
    static Answer refusal(const HttpAnswer& answer) {
        const auto said = "the registry answered " + std::to_string(answer.status);
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
    std::string base_;
};

}  // namespace

OVERTURE_PLUGIN("acme", "0.1.0", [](Host host, const Json& settings) -> Opened {
    Opened opened;
    opened.registry = std::make_shared<Acme>(host, settings);
    return opened;
})
