#include "feed/sending.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/failpoint.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "net/retry_after.hpp"
#include "queries/feed.hpp"

namespace overture::feed {
namespace {

constexpr int kEndpointsTogether = 200;
constexpr int kNoticesTogether = 500;
constexpr int kForgottenSends = 10000;
constexpr int kFurthestBehind = 1000000;  // rows
constexpr int kGone = 410;
constexpr std::size_t kLongestNote = 300;

/// One notice in hand.
struct InHand {
    OrganizationId organization;
    SendId id;
    EndpointId endpoint;
    std::string url, body;
    std::vector<std::string> secrets;
    Instant createdAt;
    int tries = 0, failures = 0;
    std::optional<Instant> failingSince;
};

/// What became of a try.
struct Tried {
    bool sent = false;
    bool gone = false;  ///< the endpoint wants no more of anything
    int status = 0;     ///< 0: no answer
    std::string note;
    std::optional<seconds> retryAfter;
};

Tried triedOf(const std::variant<net::HttpResponse, net::HttpError>& answer) {
    Tried tried;
    if (const auto* error = std::get_if<net::HttpError>(&answer)) {
        tried.note = error->message.substr(0, kLongestNote);
        return tried;
    }
    const auto& response = std::get<net::HttpResponse>(answer);
    tried.sent = response.status >= 200 && response.status < 300;
    tried.gone = response.status == kGone;
    tried.status = response.status;
    if (tried.sent) return tried;
    tried.note = "it answered " + std::to_string(response.status);
    if (response.status >= 300 && response.status < 400) tried.note += ", and redirects are not followed";
    tried.retryAfter = net::retryAfterOf(response);
    return tried;
}

}  // namespace

Sending::Sending(store::Database& database, const Clock& clock, net::HttpClient& client,
                 const tenant::Vault& vault, SendingOptions options)
    : database_(database),
      clock_(clock),
      client_(client),
      vault_(vault),
      options_(std::move(options)),
      random_(hash64(uuid7(clock.now()).text())) {}

int Sending::spread() {
    auto tx = database_.beginShared();
    const auto behind = tx.run(sql::feed::behind, {kEndpointsTogether});
    tx.commit();
    int all = 0;
    for (const auto row : behind)
        all += spread(row.id<OrganizationId>("organization_id"), row.id<EndpointId>("endpoint_id"));
    return all;
}

/// Under the endpoint's lock: what is put on its way and how far it has heard are one commit.
int Sending::spread(const OrganizationId& organization, const EndpointId& endpoint) {
    auto tx = database_.begin(organization);
    const auto rows = tx.run(sql::feed::lock_endpoint, {organization, endpoint});
    if (rows.empty()) return 0;
    const auto wanted = rows[0].array("kinds");
    const Cursor from{"", rows[0].text("seen"), rows[0].text("upto"), rows[0].integer("position"),
                      rows[0].integer("place")};
    const auto page = read(tx, {organization}, from, kNoticesTogether, {}, kFurthestBehind);
    if (!page) {
        log::error("notices_lost", {{"organization", organization.text()}, {"endpoint", endpoint.text()}});
        tx.run(sql::feed::skip_endpoint,
               {organization, endpoint, "notices of a time when nothing was sent are lost"});
        tx.commit();
        return 0;
    }
    const auto now = clock_.now();
    store::RowSet sends({organization, endpoint, now});
    for (const auto& notice : page->notices) {
        if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), notice.kind) == wanted.end()) continue;
        auto data = notice.data;
        data.erase("text");
        data.erase("text_cut");
        sends.add({SendId(uuid7(now)), notice.kind, notice.at, data});
    }
    if (!sends.empty()) tx.queue(sql::feed::insert_sends, sends.params());
    const auto& next = page->next;
    tx.run(sql::feed::move_endpoint,
           {organization, endpoint, next.seen,
            next.upto.empty() ? store::Param(nullptr) : store::Param(next.upto), next.position, next.place});
    failpoint("feed.before_spread");
    tx.commit();
    return static_cast<int>(page->notices.size());
}

namespace {

constexpr std::size_t kLongestText = 4000;  // characters, as the feed's own

/// Where so many characters end.
std::size_t endOf(std::string_view text, std::size_t characters) {
    std::size_t at = 0;
    for (; at < text.size(); ++at)
        if ((static_cast<unsigned char>(text[at]) & 0xc0) != 0x80 && characters-- == 0) break;
    return at;
}

std::optional<InHand> load(store::Database& database, const tenant::Vault& vault,
                           const OrganizationId& organization, const SendId& id, Instant now) {
    auto tx = database.begin(organization);
    const auto rows = tx.run(sql::feed::load_send, {organization, id});
    tx.commit();
    if (rows.empty()) return std::nullopt;
    const auto row = rows[0];
    InHand one;
    one.organization = organization;
    one.id = id;
    one.endpoint = row.id<EndpointId>("endpoint_id");
    one.url = row.text("url");
    one.createdAt = row.instant("created_at");
    one.tries = static_cast<int>(row.integer("tries"));
    one.failures = static_cast<int>(row.integer("failures"));
    one.failingSince = row.maybeInstant("failing_since");
    const auto secrets = vault.unseal(row.bytes("secrets"), one.endpoint);
    one.secrets = {secrets.at("now")};
    if (const auto until = row.maybeInstant("secret_before_until"); until && now < *until)
        one.secrets.push_back(secrets.at("before"));
    auto data = row.json("data");
    if (row.text("kind").starts_with("message.")) {
        auto text = row.text("text");
        const auto end = endOf(text, kLongestText);
        data["text_cut"] = end < text.size();
        text.resize(end);
        data["text"] = std::move(text);
    }
    one.body =
        toText({{"type", row.text("kind")}, {"timestamp", toRfc3339(row.instant("at"))}, {"data", data}});
    return one;
}

}  // namespace

int Sending::sendOne() {
    const auto claimed = claim();
    if (!claimed) return 0;
    try {
        send(*claimed);
    } catch (...) {
        putDown(claimed->organization);
        throw;
    }
    putDown(claimed->organization);
    return 1;
}

/// One thread at a time, so that no organization gets more than its share of them.
std::optional<Sending::Claimed> Sending::claim() {
    const std::scoped_lock claiming(claiming_);
    std::vector<std::string> busy;
    {
        const std::scoped_lock lock(mutex_);
        for (const auto& [organization, count] : inHand_)
            if (count >= options_.ofOrganization) busy.push_back(organization.text());
    }
    const auto now = clock_.now();
    auto tx = database_.beginShared();
    const auto rows = tx.run(sql::feed::claim_send, {now, std::to_string(options_.lease.count()) + " seconds",
                                                     options_.share, store::Param::array(busy)});
    tx.commit();
    if (rows.empty()) return std::nullopt;
    const Claimed claimed{rows[0].id<OrganizationId>("organization_id"), rows[0].id<SendId>("send_id"),
                          now + options_.lease};
    const std::scoped_lock lock(mutex_);
    ++inHand_[claimed.organization];
    return claimed;
}

void Sending::putDown(const OrganizationId& organization) {
    const std::scoped_lock lock(mutex_);
    if (--inHand_[organization] == 0) inHand_.erase(organization);
}

void Sending::send(const Claimed& claimed) {
    const auto one = load(database_, vault_, claimed.organization, claimed.id, clock_.now());
    if (!one) return;
    const auto id = "msg_" + one->id.text();
    const auto timestamp = std::chrono::floor<seconds>(clock_.now()).time_since_epoch().count();
    const auto begun = std::chrono::steady_clock::now();
    const auto tried = triedOf(
        client_.send({.method = "POST",
                      .url = one->url,
                      .headers = {{"Content-Type", "application/json"},
                                  {"User-Agent", "Overture/" OVERTURE_VERSION},
                                  {"webhook-id", id},
                                  {"webhook-timestamp", std::to_string(timestamp)},
                                  {"webhook-signature", signatures(one->secrets, id, timestamp, one->body)}},
                      .body = one->body,
                      .deadline = options_.patience}));
    failpoint("feed.after_send");
    const auto now = clock_.now();
    const auto took = std::chrono::steady_clock::now() - begun;
    const bool last = static_cast<std::size_t>(one->tries) >= options_.pauses.size() ||
                      now - one->createdAt > options_.giveUp;
    const auto state = tried.sent ? "sent" : tried.gone || last ? "dead" : "due";
    metrics::observe("overture_endpoint_send_duration_seconds",
                     {{"result", tried.sent                          ? "sent"
                                 : std::string_view(state) == "dead" ? "dead"
                                                                     : "failed"}},
                     took);
    std::optional<Instant> again, resting;
    if (std::string_view(state) == "due") {
        const auto pause = jittered(options_.pauses[static_cast<std::size_t>(one->tries)]);
        again = now + std::max<microseconds>(pause, tried.retryAfter.value_or(seconds(0)));
    }
    if (!tried.sent) {
        // The endpoint itself rests, so that what else waits for it is not tried one by one.
        const auto rest = std::min(seconds(1LL << std::min(one->failures, 10)), seconds(600));
        resting = now + std::max<microseconds>(jittered(rest), tried.retryAfter.value_or(seconds(0)));
    }
    const bool off =
        tried.gone || (!tried.sent && one->failingSince && now - *one->failingSince > options_.switchOff);
    const auto note = tried.gone ? "it said that it is gone (410)"
                      : off      ? "switched off: it failed since " + toRfc3339(*one->failingSince)
                                 : tried.note;
    auto tx = database_.begin(one->organization);
    const auto settled =
        tx.run(sql::feed::settle_send, {one->organization, one->id, state, again,
                                        tried.status == 0 ? std::optional<std::int64_t>() : tried.status,
                                        tried.note, now, claimed.leaseUntil});
    if (settled.affected() > 0)
        tx.run(sql::feed::settle_endpoint,
               {one->organization, one->endpoint, tried.sent, now, resting, note, off, took > options_.slow});
    tx.commit();
    if (!tried.sent)
        log::info("notice_not_sent", {{"endpoint", one->endpoint.text()},
                                      {"send", one->id.text()},
                                      {"state", state},
                                      {"reason", tried.note}});
}

/// Between four fifths and six fifths of it, so that those who failed together do not come back together.
milliseconds Sending::jittered(seconds pause) {
    const std::scoped_lock lock(mutex_);
    return std::chrono::duration_cast<milliseconds>(pause * (0.8 + 0.4 * random_.unit()));
}

void Sending::forget() {
    for (std::int64_t gone = kForgottenSends; gone == kForgottenSends;) {
        auto tx = database_.beginShared();
        gone = tx.run(sql::feed::forget_sends, {clock_.now() - kKept, kForgottenSends})[0].integer("gone");
        tx.commit();
    }
}

}  // namespace overture::feed
