#include "mailbox.hpp"

#include <algorithm>

#include "overture/bytes.hpp"
#include "overture/documents.hpp"

namespace overture::gmail {

using sdk::Answer;
using sdk::Json;
using sdk::Outcome;
using sdk::textOf;

namespace {

constexpr std::int64_t kMarginMs = 1000;
constexpr std::size_t kMostBytes = 4 * 1024 * 1024;  // of one fetch, so that its document stays below 8 MiB
constexpr int kMostListed = 500;
constexpr std::int64_t kWatchEvery = std::int64_t{12} * 3600 * 1'000'000;  // a watch ends after seven days

std::string withoutBreaks(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
    return text;
}

/// Of a message that is too large its headers and the words that Gmail shows of it.
std::string shortened(const Json& metadata) {
    std::string raw;
    for (const auto& header : sdk::listIn(sdk::objectIn(metadata, "payload"), "headers")) {
        const auto name = withoutBreaks(textOf(header, "name"));
        const bool bodys = sdk::detail::sameHeader(name.substr(0, 8), "Content-") ||
                           sdk::detail::sameHeader(name, "MIME-Version");
        if (!name.empty() && !bodys) raw += name + ": " + withoutBreaks(textOf(header, "value")) + "\r\n";
    }
    return raw + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
           textOf(metadata, "snippet") + "\r\n";
}

}  // namespace

/// Made when it is not there; found once.
std::string Mailbox::labelId(const Until& until) {
    {
        const std::scoped_lock lock(mutex_);
        if (!labelId_.empty()) return labelId_;
    }
    std::string id;
    const auto there = api_.read("/labels", until);
    for (const auto& label : sdk::listIn(there, "labels"))
        if (textOf(label, "name") == settings_.label) id = textOf(label, "id");
    if (id.empty())
        id = textOf(api_.change("/labels",
                                {{"name", settings_.label},
                                 {"labelListVisibility", "labelHide"},
                                 {"messageListVisibility", "hide"}},
                                until),
                    "id");
    if (id.empty()) throw Stopped{Answer::no(Outcome::transient, "Gmail did not say what the label's id is")};
    const std::scoped_lock lock(mutex_);
    labelId_ = id;
    return id;
}

void Mailbox::watch(const Until& until) {
    const auto now = host_.nowMicros();
    {
        const std::scoped_lock lock(mutex_);
        if (settings_.topic.empty() || (watchedAt_ != 0 && now - watchedAt_ < kWatchEvery)) return;
        watchedAt_ = now;
    }
    try {
        api_.change(
            "/watch",
            {{"topicName", settings_.topic}, {"labelIds", {"INBOX"}}, {"labelFilterBehavior", "include"}},
            until);
    } catch (const Stopped& stopped) {
        host_.log(OVERTURE_LOG_WARNING, "new mail is not told of by the topic: " + stopped.answer.message);
    }
}

Json Mailbox::waiting(std::size_t most, const Until& until, bool& more) {
    (void)labelId(until);
    auto found = api_.search(settings_.query + " -from:me -label:" + settings_.label, kMostListed, until);
    std::reverse(found.begin(), found.end());
    auto messages = Json::array();
    std::size_t bytes = 0;
    for (const auto& [id, thread] : found) {
        more = messages.size() >= most || until.leftMs() < kMarginMs;
        if (more) break;
        auto metadata = api_.metadata(id, {}, until);
        const auto size =
            static_cast<std::size_t>(std::max<std::int64_t>(0, sdk::numberOf(metadata, "sizeEstimate")));
        const bool cut = size > kMostBytes;
        more = !messages.empty() && bytes + (cut ? 0 : size) > kMostBytes;
        if (more) break;
        const auto raw =
            cut ? shortened(metadata)
                : sdk::fromBase64Url(
                      textOf(api_.read("/messages/" + urlEncoded(id) + "?format=raw", until), "raw"))
                      .value_or("");
        if (raw.empty())
            throw Stopped{Answer::no(Outcome::transient, "Gmail gave a message without its text")};
        bytes += raw.size();
        messages.push_back(
            {{"id", sdk::validText(id)}, {"channel", "email"}, {"body_base64", sdk::toBase64(raw)}});
        if (cut) messages.back()["cut"] = true;
    }
    return messages;
}

Answer Mailbox::fetch(const Json& request, const sdk::Call& call) {
    const auto most = request.find("most");
    if (most == request.end() || !most->is_number_unsigned())
        return Answer::no(Outcome::invalid, "the request does not say how many: \"most\"");
    const Until until(call.deadlineMs - kMarginMs);
    try {
        if (*most == 0) {
            (void)api_.read("/profile", until);
            return Answer::ok({{"messages", Json::array()}, {"more", false}});
        }
        watch(until);
        bool more = false;
        auto messages = waiting(most->get<std::size_t>(), until, more);
        return Answer::ok({{"messages", std::move(messages)}, {"more", more}});
    } catch (const Stopped& stopped) {
        return stopped.answer;
    }
}

Answer Mailbox::forget(const Json& request, const sdk::Call& call) {
    const auto given = request.find("ids");
    if (given == request.end() || !given->is_array())
        return Answer::no(Outcome::invalid, "the request has no \"ids\"");
    const Until until(call.deadlineMs - kMarginMs);
    try {
        if (given->empty()) return Answer::ok(Json::object());
        const Json label{{"addLabelIds", {labelId(until)}}};
        for (const auto& id : *given) {
            if (!id.is_string() || id.get<std::string>().empty()) continue;
            try {
                api_.change("/messages/" + urlEncoded(id.get<std::string>()) + "/modify", label, until);
            } catch (const Stopped& stopped) {
                if (stopped.answer.outcome != Outcome::invalid) throw;  // it is gone already
            }
        }
        return Answer::ok(Json::object());
    } catch (const Stopped& stopped) {
        return stopped.answer;
    }
}

}  // namespace overture::gmail
