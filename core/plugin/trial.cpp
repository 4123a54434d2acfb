#include "plugin/trial.hpp"

#include "base/ids.hpp"
#include "base/time.hpp"

namespace overture::plugin {
namespace {

constexpr auto kDeadline = milliseconds(15000);
constexpr const char* kVectors = "model.embed/1";
constexpr const char* kStorage = "storage/1";

/// An object of our own is kept, read and removed.
Reply keepAndForget(Instance& instance, Instant now) {
    const std::string words = "kept by a check of this binding";
    const Json which{{"key", "check/" + uuid7(now).text()}};
    auto reply = instance.put({{"key", which["key"]}, {"content_type", "text/plain"}}, words, kDeadline);
    if (!reply.ok()) return reply;
    std::string read;
    const auto into = [&](std::string_view bytes) {
        read += bytes;
        return read.size() <= words.size();
    };
    reply = instance.get(which, into, kDeadline);
    const auto removed = instance.call(kStorage, "remove", which, kDeadline);
    if (!reply.ok()) return reply;
    if (read != words) return {Outcome::internal, {}, {}, "what was kept is not what came back", {}};
    return removed;
}

std::optional<Reply> oneCall(Instance& instance, const std::string& binding, Instant now) {
    const bool chats = instance.offers("model.chat/1");
    if (instance.offers(kVectors) && (binding == kVectors || !chats))
        return instance.call(kVectors, "embed", {{"texts", {"ready"}}, {"purpose", "question"}}, kDeadline);
    if (instance.offers("carrier.message/1"))
        return instance.call("carrier.message/1", "lookup",
                             {{"delivery_id", uuid7(now).text()},
                              {"from", "+12025550100"},
                              {"to", "+12025550199"},
                              {"text", "binding check"},
                              {"sent_after", toRfc3339(now - seconds(60))}},
                             kDeadline);
    if (instance.offers(kStorage)) return keepAndForget(instance, now);
    if (!chats) return std::nullopt;
    return instance.call("model.chat/1", "complete",
                         {{"purpose", "csr"},
                          {"messages", {{{"role", "user"}, {"content", "Answer with the word ready."}}}},
                          {"max_tokens", 16}},
                         kDeadline);
}

}  // namespace

std::optional<Reply> tryOut(Instance& instance, const std::string& binding, Instant now) {
    auto reply = oneCall(instance, binding, now);
    if (reply && reply->ok() && instance.offers("carrier.mailbox/1"))
        reply = instance.call("carrier.mailbox/1", "fetch", {{"most", 0}}, kDeadline);
    return reply;
}

}  // namespace overture::plugin
