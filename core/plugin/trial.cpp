#include "plugin/trial.hpp"

#include "base/ids.hpp"
#include "base/time.hpp"

namespace overture::plugin {
namespace {

constexpr auto kDeadline = milliseconds(15000);
constexpr const char* kVectors = "model.embed/1";

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
