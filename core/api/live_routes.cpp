#include <algorithm>

#include "api/shared.hpp"
#include "base/text.hpp"
#include "feed/feed.hpp"

namespace overture::api {
namespace {

using tenant::Role;

Json noticeSchema() {
    return object({{"id", type("string", "a cursor: `after` it, or as Last-Event-ID")},
                   {"kind", {{"type", "string"}, {"enum", feed::kinds()}}},
                   {"at", time()},
                   {"data", type("object", "what it is about: ids, states, and a message's text")}});
}

std::vector<std::string> kindsWanted(const Call& call) {
    std::vector<std::string> wanted;
    if (!call.query.contains("kinds")) return wanted;
    for (const auto& kind : split(call.query["kinds"].get<std::string>(), ',')) {
        const auto& all = feed::kinds();
        if (std::find(all.begin(), all.end(), kind) == all.end()) {
            const auto near = nearest(kind, all);
            throw Refusal{400, "invalid",
                          "There is no kind \"" + kind + "\"" +
                              (near.empty() ? "; they are: " + join(all, ", ") : "; did you mean " + near) +
                              ".",
                          "kinds"};
        }
        wanted.push_back(kind);
    }
    return wanted;
}

std::optional<feed::Cursor> cursorOf(const Call& call) {
    const auto last = textOf(call.request->headers, "last-event-id");
    const auto given = !last.empty() ? last : call.query.value("after", std::string());
    if (given.empty()) return std::nullopt;
    auto cursor = feed::Cursor::parse(given);
    if (!cursor)
        throw Refusal{400, "invalid", "This is no cursor; take the `id` of a notice.",
                      last.empty() ? "after" : "Last-Event-ID"};
    return cursor;
}

bool wantsStream(const Call& call) {
    return lowerAscii(textOf(call.request->headers, "upgrade")) == "websocket" ||
           textOf(call.request->headers, "accept").find("text/event-stream") != std::string::npos;
}

Answer live(Call& call) {
    const auto wanted = kindsWanted(call);
    const auto cursor = cursorOf(call);
    const bool stream = wantsStream(call);
    const auto from = cursor ? *cursor : feed::now(call.tx);
    const auto page =
        feed::read(call.tx, {call.organization}, from, stream ? 1 : call.query["limit"].get<int>());
    if (!page)
        throw Refusal{410, "gone",
                      "What came after this cursor is no longer told. Read what you need anew, then listen "
                      "without a cursor."};
    Json items = Json::array();
    for (const auto& notice : page->notices)
        if (wanted.empty() || std::find(wanted.begin(), wanted.end(), notice.kind) != wanted.end())
            items.push_back(feed::documentOf(notice));
    Answer answer{{{"items", std::move(items)}, {"next", page->next.text()}}};
    if (stream) answer.stream = Stream{call.organization, cursor, wanted};
    return answer;
}

}  // namespace

std::vector<Route> liveRoutes() {
    auto query =
        listQuery({{"kinds", type("string", "only these, with commas between them; without it all")}});
    query["after"] = {{"type", "string"},
                      {"description", "the `id` of the last notice you had; without it, from now on"}};
    return {{"GET",
             "/v1/live",
             "listen",
             "What happens, as it happens, in the order of commits: messages, conversations that move or "
             "wait for a person, "
             "meetings, failed deliveries, campaigns. With `Accept: text/event-stream` as server-sent "
             "events, with `Upgrade: "
             "websocket` over a WebSocket (a browser gives its token as the subprotocol `bearer.TOKEN` "
             "beside `overture`), otherwise "
             "as a page whose `next` is never null. After a break go on from the last `id`.",
             Role::agent,
             query,
             {},
             listSchema(noticeSchema()),
             live}};
}

}  // namespace overture::api
