#include "carrier.hpp"

#include "outcomes.hpp"
#include "overture/bytes.hpp"
#include "overture/documents.hpp"
#include "overture/instant.hpp"

namespace overture::gmail {

using sdk::Answer;
using sdk::Call;
using sdk::Json;
using sdk::Outcome;
using sdk::textOf;

namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kSettled = 120;  // seconds until a message that was taken in is found
constexpr std::int64_t kAskAgainMs = 60'000;
constexpr int kMostSince = 10;
constexpr std::size_t kMostPushed = 10;
constexpr std::int64_t kPushMarginMs = 1500;

/// "<…@domain>" of another delivery of ours: a UUID before the same domain.
bool isAnotherOfOurs(const std::string& id, const std::string& ours) {
    constexpr std::size_t kUuid = 36;
    return id.size() == ours.size() && id.find('@') == kUuid + 1 && ours.find('@') == kUuid + 1 &&
           id.substr(kUuid + 1) == ours.substr(kUuid + 1);
}

Answer answered(const Json& events) {
    return Answer::ok(
        {{"events", events}, {"response", {{"status", 204}, {"content_type", "text/plain"}, {"body", ""}}}});
}

}  // namespace

/// Gmail joins threads by an id of its own; where it knows none, the headers do it at the receiver's.
std::string Carrier::threadOf(const std::string& messageId, const Until& until) const try {
    const auto found = api_.search("rfc822msgid:" + messageId, 1, until);
    return found.empty() ? std::string() : found[0].thread;
} catch (const Stopped& stopped) {
    if (stopped.answer.outcome != Outcome::invalid) throw;
    return {};
}

/// Sent it is: whatever goes wrong here is only about its name.
std::string Carrier::referenceOf(const std::string& id, const std::string& otherwise,
                                 const Until& until) const {
    try {
        const auto given = headerIn(api_.metadata(id, {"Message-ID"}, until), "Message-ID");
        return given.empty() ? otherwise : given;
    } catch (const Stopped&) {
        return otherwise;
    }
}

Answer Carrier::send(const Json& request, const Call& call) {
    const auto letter = Letter::of(request);
    const Until until(call.deadlineMs);
    try {
        Json message{{"raw", sdk::toBase64Url(letter.mime)}};
        if (!letter.answers.empty())
            if (auto thread = threadOf(letter.answers, until); !thread.empty())
                message["threadId"] = std::move(thread);
        const auto answer = api_.ask("POST", "/messages/send", message.dump(), until);
        if (!isSuccess(answer)) return problemOf(answer);
        const auto id = textOf(sdk::parsed(answer.body), "id");
        if (id.empty())
            return Answer::no(Outcome::unknown, "Gmail's answer does not say which message it is",
                              std::to_string(answer.status));
        return Answer::ok(
            {{"reference", sdk::validText(referenceOf(id, letter.messageId, until))}, {"status", "sent"}});
    } catch (const Stopped& stopped) {
        return stopped.answer;
    }
}

Json Carrier::found(const Json& request, const std::string& messageId, const Until& until) const {
    const auto yes = [](const std::string& reference) {
        return Json{
            {"found", true}, {"reference", sdk::validText(reference)}, {"status", "sent"}, {"trusted", true}};
    };
    const auto plain = messageId.substr(1, messageId.size() - 2);
    if (!api_.search("in:anywhere rfc822msgid:" + plain, 1, until).empty()) return yes(messageId);
    const auto sentAfter = sdk::parseRfc3339(textOf(request, "sent_after"));
    const auto to = addressIn(textOf(request, "to"));
    if (!sentAfter || to.empty()) return {{"found", false}, {"trusted", false}};
    if (host_.nowMicros() - *sentAfter < kSettled * kSecond)
        return {{"found", false}, {"trusted", false}, {"ask_again_ms", kAskAgainMs}};
    const auto since = api_.search("in:sent to:" + to + " after:" + std::to_string(*sentAfter / kSecond - 1),
                                   kMostSince, until);
    bool trusted = since.size() < kMostSince;
    for (const auto& [id, thread] : since) {
        const auto metadata = api_.metadata(id, {"Message-ID", "X-Google-Original-Message-ID"}, until);
        const auto given = headerIn(metadata, "Message-ID");
        if (headerIn(metadata, "X-Google-Original-Message-ID") == messageId) return yes(given);
        trusted = trusted && isAnotherOfOurs(given, messageId);
    }
    return {{"found", false}, {"trusted", trusted}};
}

Answer Carrier::lookup(const Json& request, const Call& call) {
    const Until until(call.deadlineMs);
    try {
        const auto messageId = messageIdOf(request);
        if (!messageId.empty()) return Answer::ok(found(request, messageId, until));
        const auto profile = api_.read("/profile", until);
        return Answer::ok({{"found", false},
                           {"trusted", false},
                           {"about", "the mailbox of " + sdk::validText(textOf(profile, "emailAddress"))}});
    } catch (const Stopped& stopped) {
        return stopped.answer;
    }
}

Answer Carrier::webhook(const Json& request, const Call& call) {
    const auto body = sdk::fromBase64(textOf(request, "body_base64"));
    if (!body) return Answer::no(Outcome::invalid, "body_base64 is not base64");
    const Until until(call.deadlineMs - kPushMarginMs);
    if (auto proof = proved(request, settings_, keys_, host_.nowMicros() / kSecond, until.leftMs());
        proof.outcome != Outcome::ok)
        return proof;
    if (!sdk::objectIn(sdk::parsed(*body), "message").contains("data"))
        return Answer::no(Outcome::invalid, "the body is no message of Pub/Sub");
    auto events = Json::array();
    if (settings_.query.empty()) return answered(events);
    try {
        bool more = false;
        const auto messages = mailbox_->waiting(kMostPushed, until, more);
        for (const auto& message : messages)
            events.push_back({{"kind", "mail"},
                              {"id", message["id"]},
                              {"channel", "email"},
                              {"raw_base64", message["body_base64"]}});
    } catch (const Stopped& stopped) {
        host_.log(OVERTURE_LOG_WARNING, "new mail is taken in later: " + stopped.answer.message);
        events = Json::array();
    }
    return answered(events);
}

}  // namespace overture::gmail
