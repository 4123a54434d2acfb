#include "mailbox.hpp"

#include <cstdlib>
#include <map>
#include <set>

#include "overture/bytes.hpp"

namespace overture::smtp {

using sdk::Answer;
using sdk::Json;
using sdk::Outcome;
using sdk::Refused;

namespace {

constexpr std::int64_t kGoodbyeMs = 1000, kNextMessageMs = 2000;
constexpr std::size_t kMostBytes = 4 * 1024 * 1024;  // of one fetch, so that its document stays below 8 MiB
constexpr const char* kFirstLines = " 5000";
constexpr std::int64_t kInUseMs = 60000;

Answer notRead(const Said& said) {
    const auto in = [&](const char* word) { return said.reply.find(word) != std::string::npos; };
    const auto why = std::string(curl_easy_strerror(said.result));
    if (in("[IN-USE]") || in("[LOGIN-DELAY]")) {
        auto answer = Answer::no(Outcome::limited, "somebody else reads the mailbox just now");
        answer.retryAfterMs = kInUseMs;
        return answer;
    }
    if (in("[SYS/TEMP]")) return Answer::no(Outcome::transient, "the mailbox is away for a while");
    if (said.result == CURLE_LOGIN_DENIED) return Answer::no(Outcome::auth, "the mailbox does not let us in");
    if (said.result == CURLE_PEER_FAILED_VERIFICATION || said.result == CURLE_SSL_CACERT_BADFILE ||
        said.result == CURLE_USE_SSL_FAILED)
        return Answer::no(Outcome::auth, "the connection to the mailbox is not safe: " + why);
    return Answer::no(Outcome::transient, "the mailbox was not read: " + why);
}

/// Ends the operation with what `said` means.
struct Stopped {
    Answer answer;
};

/// A POP3 session: message numbers hold only within it, so a connection that was made anew ends it.
class Session {
public:
    Session(const Server& server, std::int64_t deadlineMs) : talk_(server, "pop3", deadlineMs) {}

    std::string ask(const std::string& line, bool many) {
        auto said = talk_.command(line, many);
        if (!said.ok()) throw Stopped{notRead(said)};
        if (said.reconnected) {
            (void)talk_.command("RSET", false);  // whatever was marked there is not what was meant
            throw Stopped{Answer::no(Outcome::transient, "the mailbox's connection was lost")};
        }
        return std::move(said.body);
    }
    bool hasTimeFor(std::int64_t ms) const { return talk_.leftMs() > ms; }

private:
    Talk talk_;
};

/// "1 abc" lines: number and word.
std::map<int, std::string> listed(const std::string& text) {
    std::map<int, std::string> all;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto end = std::min(text.find('\n', at), text.size());
        auto line = text.substr(at, end - at);
        at = end + 1;
        while (line.ends_with('\r') || line.ends_with(' ')) line.pop_back();
        const auto blank = line.find(' ');
        const auto number = std::atoi(line.c_str());
        if (blank != std::string::npos && number > 0) all[number] = line.substr(blank + 1);
    }
    return all;
}

Json fetched(Session& session, std::size_t most) {
    auto messages = Json::array();
    if (most == 0) {
        (void)session.ask("STAT", false);
        return {{"messages", messages}, {"more", false}};
    }
    const auto ids = listed(session.ask("UIDL", true)), sizes = listed(session.ask("LIST", true));
    std::size_t bytes = 0;
    for (const auto& [number, id] : ids) {
        const auto found = sizes.find(number);
        const auto size = found == sizes.end() ? 0 : std::strtoull(found->second.c_str(), nullptr, 10);
        const bool cut = size > kMostBytes;
        const bool full =
            messages.size() >= most || (bytes > 0 && bytes + (cut ? kMostBytes : size) > kMostBytes);
        if (full || !session.hasTimeFor(kNextMessageMs)) return {{"messages", messages}, {"more", true}};
        const auto name = std::to_string(number);
        auto body = session.ask(cut ? "TOP " + name + kFirstLines : "RETR " + name, true);
        body.resize(std::min(body.size(), kMostBytes));
        bytes += body.size();
        messages.push_back({{"id", id}, {"channel", "email"}, {"body_base64", sdk::toBase64(body)}});
        if (cut) messages.back()["cut"] = true;
    }
    return {{"messages", messages}, {"more", false}};
}

}  // namespace

Answer Mailbox::fetch(const Json& request, const sdk::Call& call) {
    const auto most = request.find("most");
    if (most == request.end() || !most->is_number_unsigned())
        return Answer::no(Outcome::invalid, "the request does not say how many: \"most\"");
    try {
        Session session(server_, call.deadlineMs - kGoodbyeMs);
        return Answer::ok(fetched(session, most->get<std::size_t>()));
    } catch (const Stopped& stopped) {
        return stopped.answer;
    }
}

Answer Mailbox::forget(const Json& request, const sdk::Call& call) {
    const auto given = request.find("ids");
    if (given == request.end() || !given->is_array())
        return Answer::no(Outcome::invalid, "the request has no \"ids\"");
    std::set<std::string> ids;
    for (const auto& id : *given)
        if (id.is_string()) ids.insert(id.get<std::string>());
    if (ids.empty()) return Answer::ok(Json::object());
    try {
        Session session(server_, call.deadlineMs - kGoodbyeMs);
        for (const auto& [number, id] : listed(session.ask("UIDL", true)))
            if (ids.contains(id)) (void)session.ask("DELE " + std::to_string(number), false);
        return Answer::ok(Json::object());
    } catch (const Stopped& stopped) {
        return stopped.answer;
    }
}

}  // namespace overture::smtp
