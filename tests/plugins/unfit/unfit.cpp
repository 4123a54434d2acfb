// A carrier, a model, a channel and speech that keep every rule of the conformance suite but the one that the setting "fault" names.
#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <overture/bytes.hpp>
#include <overture/digest.hpp>
#include <overture/plugin.hpp>

#include "party.hpp"
#include "speech.hpp"
#include "storage.hpp"

using namespace unfit;

namespace {

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
    opened.synthesizer = std::make_shared<UnfitSynthesizer>(host, settings);
    opened.storage = std::make_shared<UnfitStorage>(host, settings);
    opened.transcriber = std::make_shared<UnfitTranscriber>(host, settings);
    return opened;
})
