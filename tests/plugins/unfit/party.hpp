#pragma once

#include <overture/oauth2.hpp>
#include <overture/plugin.hpp>

namespace unfit {

using namespace overture::sdk;

/// What all of them share: whether a rule is to be broken, and the vendor's answers.
class Party {
public:
    Party(Host host, const Json& settings)
        : host_(host),
          access_(host, {"https://api.unfit.example/token", "unfit", "signing_secret"}),
          fault_(settings.value("fault", "")) {}

protected:
    bool breaks(const std::string& rule) const { return fault_ == rule; }

    Answer exchange(const std::string& name, const Call& call, const Json& good) {
        const auto is = [&](const std::string& rule) { return breaks(name + "-" + rule); };
        const HttpRequest request{
            "POST", "https://api.unfit.example/" + name, {}, "{}", is("deadline") ? 60000 : call.deadlineMs};
        auto came = access_.http(request);
        if (came.refused && is("token")) came = {std::nullopt, host_.http(request)};
        if (came.refused) return *came.refused;
        if (came.answer.status == 401 && is("key-once")) came = access_.http(request);
        const auto& http = came.answer;
        if (!http.sent) return Answer::no(is("not-sent") ? Outcome::unknown : Outcome::transient, http.error);
        if (!http.answered) return Answer::no(is("lost") ? Outcome::transient : Outcome::unknown, http.error);
        if (http.status == 401 || http.status == 403)
            return Answer::no(Outcome::auth, is("key") ? "no such key" : "check signing_secret");
        if (http.status == 429) {
            auto wait = Answer::no(Outcome::limited, "not so fast");
            if (!is("limited")) wait.retryAfterMs = 7000;
            return wait;
        }
        if (http.status >= 500)
            return Answer::no(
                is("status-" + std::to_string(http.status)) ? Outcome::rejected : Outcome::unknown,
                "the vendor is unwell");
        if (http.status / 100 == 3 && is("redirect")) return Answer::ok(good);
        if (http.status >= 300)
            return Answer::no(Outcome::rejected, is("private") || is("html") ? http.body : "refused");
        if (is("oversized") && http.body.size() > 1'000'000) return Answer::ok(good);
        if (is("content-type") && http.header("Content-Type") == "text/html")
            return Answer::no(Outcome::transient, "an answer of another type");
        const auto document = Json::parse(http.body, nullptr, false);
        const bool whole = document.is_object() && document.value("id", Json()).is_string();
        if (!whole && !is("unreadable")) return Answer::no(Outcome::unknown, "the answer cannot be read");
        return Answer::ok(is("sample") ? Json::object() : good);
    }

    Host host_;

private:
    OAuth2 access_;
    std::string fault_;
};

}  // namespace unfit
