// A carrier, a model and a channel that keep every rule of the conformance suite but the one that the setting "fault" names.
#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <overture/bytes.hpp>
#include <overture/digest.hpp>
#include <overture/oauth2.hpp>
#include <overture/plugin.hpp>

using namespace overture::sdk;

namespace {

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

class UnfitCarrier final : public Carrier, Party {
public:
    using Party::Party;

    Answer send(const Json& request, const Call& call) override {
        if (breaks("crash")) std::raise(SIGSEGV);
        const bool strange = !request.contains("to") || !request["to"].is_string();
        if (strange)
            return Answer::no(Outcome::invalid, breaks("strange-requests") ? "" : "\"to\" is not a text");
        if (breaks("threads") && ++sent_ > 1) return Answer::no(Outcome::rejected, "once is enough");
        return exchange("send", call, {{"reference", "U1"}, {"status", "queued"}});
    }

    Answer lookup(const Json&, const Call& call) override {
        const auto answer = exchange("lookup", call, {{"found", true}, {"trusted", true}});
        if (answer.outcome != Outcome::ok && breaks("lookup-absent"))
            return Answer::ok({{"found", false}, {"trusted", true}});
        return answer;
    }

    Answer webhook(const Json& request, const Call&) override {
        const auto headers = request.value("headers", Json());
        const auto encoded = request.value("body_base64", Json());
        if (!headers.is_object() || !encoded.is_string())
            return Answer::no(Outcome::invalid, "this is no webhook");
        const auto body = fromBase64(encoded.get<std::string>()).value_or("");
        const auto given = headers.value("X-Unfit-Signature", Json());
        const auto id = "E" + std::to_string(breaks("webhook-again") ? ++heard_ : 1);
        const Json events{{"events", Json::array({{{"kind", "message"}, {"id", id}, {"text", "Yes"}}})}};
        const auto age = host_.nowMicros() / 1'000'000 - 1'772'384'400;
        if ((age > 300 || age < -300) && !breaks("webhook-stale"))
            return Answer::no(Outcome::rejected, "signed too long ago");
        if (given.is_null() && breaks("webhook-unsigned")) return Answer::ok(events);
        if (breaks("webhook-sample")) return Answer::no(Outcome::rejected, "nothing is good enough");
        const auto wanted = toHex(hmacSha256(host_.secret("signing_secret").value_or(""), body));
        const bool half = breaks("webhook-header") && given.is_string() &&
                          given.get<std::string>().starts_with(wanted.substr(0, 8));
        if (half || given == wanted || (given.is_string() && breaks("webhook-tampered")))
            return Answer::ok(events);
        return Answer::no(Outcome::rejected, breaks("webhook-damaged") ? "" : "the signature is wrong");
    }

private:
    std::atomic<int> sent_ = 0, heard_ = 0;
};

class UnfitModel final : public Model, Party {
public:
    using Party::Party;

    Answer complete(const Json&, const Call& call) override {
        return exchange("complete", call,
                        {{"content", "Yes"},
                         {"finish", "stop"},
                         {"model", "unfit-1"},
                         {"usage", {{"input_tokens", 1}, {"output_tokens", 1}}}});
    }
};

class UnfitChannel final : public Channel, Party {
public:
    using Party::Party;

    Answer window(const Json&, const Call&) override {
        return Answer::ok({{"allow", breaks("window") ? "perhaps" : "free"}});
    }
    Answer compose(const Json& request, const Call&) override {
        Json document{{"text", request.value("text", Json())}, {"segments", 1}};
        if (!document["text"].is_string()) return Answer::no(Outcome::invalid, "there is no text");
        if (!breaks("compose")) document["parts"] = Json::array({{{"text", document["text"]}}});
        return Answer::ok(document);
    }
    Answer measure(const Json&, const Call&) override {
        return Answer::ok({{"segments", breaks("measure") ? 0 : 1}});
    }
    Answer read(const Json&, const Call&) override {
        return Answer::ok(breaks("read") ? Json::object() : Json{{"text", ""}, {"signals", Json::array()}});
    }
};

}  // namespace

OVERTURE_PLUGIN("unfit", "0.1.0", [](Host host, const Json& settings) -> Opened {
    Opened opened;
    if (settings.value("fault", "") == "leftovers") ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (settings.value("fault", "") == "capabilities") return opened;
    opened.carrier = std::make_shared<UnfitCarrier>(host, settings);
    opened.model = std::make_shared<UnfitModel>(host, settings);
    opened.channel = std::make_shared<UnfitChannel>(host, settings);
    return opened;
})
