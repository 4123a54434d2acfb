#include "chaos/carrier.hpp"

#include <cstdio>
#include <ctime>

#include "base/json.hpp"
#include "chaos/marker.hpp"

namespace overture::chaos {
namespace {

constexpr double kTakenUnanswered = 0.02, kUntakenUnanswered = 0.01, kSlowedDown = 0.01, kSlow = 0.05;
constexpr std::size_t kMostListed = 200;

std::string rfc2822(Instant at) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[64];
    std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &parts);
    return text;
}

std::string of(const Form& form, const char* name) {
    const auto found = form.find(name);
    return found == form.end() ? "" : found->second;
}

}  // namespace

StubCarrier::StubCarrier(std::string account, std::uint64_t seed)
    : account_(std::move(account)),
      random_(seed),
      server_([this](const Heard& heard) { return answer(heard); }) {}

std::vector<Send> StubCarrier::sends() const {
    std::scoped_lock lock(mutex_);
    std::vector<Send> sends;
    for (const auto& taken : taken_)
        sends.push_back({of(taken.form, "To"), of(taken.form, "Body"), taken.at});
    return sends;
}

bool StubCarrier::hasAnswered(const std::string& marker) const {
    std::scoped_lock lock(mutex_);
    return answered_.contains(marker);
}

std::optional<Form> StubCarrier::nextStatus(milliseconds patience) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [&] { return !statuses_.empty(); })) return std::nullopt;
    auto form = statuses_.front();
    statuses_.pop_front();
    return form;
}

std::string StubCarrier::sidOf(std::size_t number) {
    char text[40];
    std::snprintf(text, sizeof text, "SM%032zx", number);
    return text;
}

Said StubCarrier::answer(const Heard& heard) {
    const auto messages = "/2010-04-01/Accounts/" + account_ + "/Messages";
    if (heard.method == "POST" && heard.path == messages + ".json") return take(heard.fields);
    if (heard.method == "GET" && heard.path == messages + ".json") return list(of(heard.fields, "To"));
    if (heard.method == "GET" && heard.path.starts_with(messages + "/"))
        return one(heard.path.substr(messages.size() + 1, 34));
    return {.status = 404, .body = "{}"};
}

Said StubCarrier::take(const Form& form) {
    std::unique_lock lock(mutex_);
    const auto luck = random_.unit();
    if (luck < kSlowedDown) return {.status = 429, .body = R"({"code":20429})", .retryAfter = "1"};
    if (luck < kSlowedDown + kUntakenUnanswered) return {.hangUp = true};
    const auto sid = sidOf(taken_.size() + 1);
    taken_.push_back({sid, form, SystemClock{}.now()});
    for (auto& marker : markersIn(of(form, "Body"), kInbound)) answered_.insert(std::move(marker));
    for (const char* status : {"sent", random_.chance(0.02) ? "undelivered" : "delivered"})
        statuses_.push_back({{"MessageSid", sid},
                             {"MessageStatus", status},
                             {"AccountSid", account_},
                             {"To", of(form, "To")},
                             {"From", of(form, "From")}});
    changed_.notify_all();
    const bool hangUp = random_.chance(kTakenUnanswered);
    const milliseconds wait(random_.chance(kSlow) ? random_.below(400) : 0);
    return {.status = 201,
            .body = toText({{"sid", sid}, {"status", "queued"}, {"error_code", nullptr}}),
            .hangUp = hangUp,
            .wait = wait};
}

Said StubCarrier::list(const std::string& to) const {
    std::scoped_lock lock(mutex_);
    Json found = Json::array();
    for (auto taken = taken_.rbegin(); taken != taken_.rend() && found.size() < kMostListed; ++taken)
        if (of(taken->form, "To") == to)
            found.push_back({{"sid", taken->sid},
                             {"status", "delivered"},
                             {"direction", "outbound-api"},
                             {"to", to},
                             {"from", of(taken->form, "From")},
                             {"body", of(taken->form, "Body")},
                             {"date_created", rfc2822(taken->at)}});
    return {.body = toText({{"messages", found}, {"next_page_uri", nullptr}})};
}

Said StubCarrier::one(const std::string& sid) const {
    std::scoped_lock lock(mutex_);
    for (const auto& taken : taken_)
        if (taken.sid == sid) return {.body = toText({{"sid", sid}, {"status", "delivered"}})};
    return {.status = 404, .body = "{}"};
}

}  // namespace overture::chaos
