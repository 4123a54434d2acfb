// What the tests of model providers ask.
#pragma once

#include "base/random.hpp"
#include "damage.hpp"
#include "overture/testing/fake_host.hpp"

namespace overture::testing {

/// A model.chat/1 request with everything the engine sends.
inline Json chatRequest() {
    return {{"purpose", "csr"},
            {"messages",
             {{{"role", "system"}, {"content", "You write."}}, {{"role", "user"}, {"content", "Hello"}}}},
            {"schema",
             {{"name", "csr_draft"},
              {"schema",
               {{"type", "object"},
                {"properties",
                 {{"reply", {{"type", "string"}}},
                  {"move", {{"type", {"string", "null"}}, {"enum", {"book", nullptr}}}},
                  {"facts",
                   {{"type", "array"},
                    {"items", {{"type", "object"}, {"properties", {{"name", {{"type", "string"}}}}}}}}}}},
                {"required", {"reply"}}}}}},
            {"tools",
             {{{"name", "look_up"},
               {"description", "Looks up"},
               {"parameters", {{"type", "object"}, {"properties", Json::object()}}}}}},
            {"temperature", 0.4},
            {"max_tokens", 900},
            {"seed", 7},
            {"context", {{"incoming", "never sent to a vendor"}}}};
}

/// The same with a conversation behind it, a tool called and answered, and texts that no vendor takes as they are: one that is
/// empty, and one with every kind of letter.
inline Json longChatRequest() {
    auto request = chatRequest();
    request["messages"] = {
        {{"role", "system"}, {"content", "You write."}},
        {{"role", "system"}, {"content", "You are brief."}},
        {{"role", "assistant"}, {"content", "Hi Asha, it is Sam of Brightroof."}},
        {{"role", "user"}, {"content", ""}},
        {{"role", "user"}, {"content", "नमस्ते 👋 \"quoted\" \\ \t"}},
        {{"role", "user"}, {"content", "What do you have?"}},
        {{"role", "assistant"},
         {"content", ""},
         {"tool_calls", {{{"id", "call-1"}, {"name", "look_up"}, {"arguments", {{"what", "roofs"}}}}}}},
        {{"role", "tool"}, {"tool_call_id", "call-1"}, {"content", "Two roofs."}},
        {{"role", "user"}, {"content", "Answer it."}}};
    return request;
}

/// `good` with some of its bytes changed, left out or cut off.
inline std::string damaged(const std::string& good, Random& random) {
    auto body = good;
    for (auto n = random.below(6) + 1; n > 0; --n) {
        const auto at = random.below(body.size());
        if (random.chance(0.3))
            body.resize(at + 1);
        else if (random.chance(0.5))
            body[at] = static_cast<char>(random.below(256));
        else
            body.erase(at, random.below(12));
        if (body.empty()) body = "x";
    }
    return body;
}

/// An answer to a request that arrived.
inline HttpAnswer answered(int status, std::string body) {
    HttpAnswer http;
    http.sent = http.answered = true;
    http.status = status;
    http.body = std::move(body);
    return http;
}

/// What must hold of an answer, whatever came from the vendor: an `ok` without text says why, and costs are no less than
/// nothing.
inline bool isSound(const Answer& answer) {
    if (answer.outcome != Outcome::ok) return !answer.message.empty();
    const auto& document = answer.document;
    return (document["finish"] != "stop" || !document["content"].get<std::string>().empty()) &&
           document["usage"]["cost_micros"].get<std::int64_t>() >= 0;
}

/// Damaged copies of a server's answers, in one and in pieces, with any status: each ends soon in a sound answer. `answers` are
/// bodies, or what `bodyOf` makes bodies of; `ask` asks with the request it is given.
inline void bearsDamagedAnswers(const std::vector<std::string>& answers, const std::string& streamType,
                                const std::function<Answer(FakeHost&, const Json&)>& ask,
                                const std::function<std::string(std::string)>& bodyOf = {}) {
    auto inPieces = chatRequest();
    inPieces["first_token_ms"] = 500;
    std::size_t round = 0;
    damage::each(answers, [&](const std::string& bytes) {
        const auto status = std::vector{200, 200, 200, 200, 400, 429, 500, 302}[round % 8];
        const bool streamed = round % 3 != 0;
        ++round;
        auto answer = answered(status, bodyOf ? bodyOf(bytes) : bytes);
        answer.headers = {{"Content-Type", streamed ? streamType : "application/json"}};
        FakeHost host;
        host.answerWith([&](const HttpRequest&) { return answer; });
        ASSERT_TRUE(isSound(ask(host, streamed ? inPieces : chatRequest())));
    });
}

inline std::string headerOf(const HttpRequest& request, const std::string& name) {
    for (const auto& [key, value] : request.headers)
        if (key == name) return value;
    return {};
}

}  // namespace overture::testing
