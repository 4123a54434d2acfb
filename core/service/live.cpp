#include "service/live.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "base/log.hpp"
#include "base/time.hpp"
#include "queries/service.hpp"
#include "service/listeners.hpp"

namespace overture::service {
namespace live_parts {

using Steady = std::chrono::steady_clock;

constexpr int kPage = 1000;       // notices read at a time for everybody
constexpr int kMissedPage = 200;  // and for one who was away
constexpr int kCheckedTogether = 20;
constexpr auto kCatchingUp = milliseconds(50);  // at a time, for those who were away
constexpr int kProgressShare = 20;              // counting may take a twentieth of the time

WirePtr wireOfNotice(const feed::Notice& notice) {
    return wireOf(notice.organization, notice.kind, feed::documentOf(notice));
}

/// One who has not heard yet what everybody has.
struct Joining {
    SocketPtr socket;
    std::optional<feed::Cursor> after;  ///< none: begins with what comes
};

/// Which campaigns moved, and when each may be counted again: one at a time, in turn.
class Progress {
public:
    Progress(store::Database& database, const Clock& clock, milliseconds each)
        : database_(database), clock_(clock), each_(each) {}

    void note(const feed::Notice& notice) {
        if (const auto campaign = CampaignId::parse(textOf(notice.data, "campaign")))
            moved_.emplace(*campaign, notice.organization);
    }

    /// The figures of one that is due: no facts, so they have no cursor.
    std::vector<WirePtr> due() {
        const auto begun = Steady::now();
        if (begun < restsUntil_) return {};
        std::erase_if(countedUntil_, [&](const auto& one) { return one.second <= begun; });
        const auto next = nextOne();
        if (next == moved_.end()) return {};
        const auto [campaign, organization] = *next;
        last_ = campaign;
        auto wire = figuresOf(organization, campaign);
        moved_.erase(campaign);
        countedUntil_[campaign] = begun + each_;
        restsUntil_ = begun + (Steady::now() - begun) * kProgressShare;
        return {std::move(wire)};
    }

private:
    using Moved = std::map<CampaignId, OrganizationId>;

    /// The next after the last one that was counted.
    Moved::iterator nextOne() {
        const auto isDue = [&](const auto& one) { return !countedUntil_.contains(one.first); };
        const auto after = last_ ? moved_.upper_bound(*last_) : moved_.begin();
        const auto found = std::find_if(after, moved_.end(), isDue);
        if (found != moved_.end()) return found;
        const auto before = std::find_if(moved_.begin(), after, isDue);
        return before == after ? moved_.end() : before;
    }

    WirePtr figuresOf(const OrganizationId& organization, const CampaignId& campaign) {
        Json states = Json::object();
        const auto rows =
            database_.run(organization, sql::service::progress_of_campaign, {organization, campaign});
        for (const auto row : rows) states[row.text("state")] = row.integer("conversations");
        return wireOf(organization, "campaign.progress",
                      {{"kind", "campaign.progress"},
                       {"at", toRfc3339(clock_.now())},
                       {"data", {{"campaign", campaign.text()}, {"conversations", states}}}});
    }

    store::Database& database_;
    const Clock& clock_;
    const milliseconds each_;
    Moved moved_;
    std::map<CampaignId, Steady::time_point> countedUntil_;
    std::optional<CampaignId> last_;
    Steady::time_point restsUntil_;
};

/// Whose key is to be asked about, each once in a while.
class Keys {
public:
    Keys(Live::Holds holds, milliseconds every)
        : holds_(std::move(holds)), every_(every), nextAt_(Steady::now() + every) {}

    bool areDue() const { return waiting_.empty() && Steady::now() >= nextAt_; }
    void askAbout(const std::map<std::uint64_t, SocketPtr>& listening) {
        nextAt_ = Steady::now() + every_;
        for (const auto& [id, one] : listening) waiting_[one->authorization].push_back(one);
    }

    /// Those who are no longer let in, of the few that are asked about at a time.
    std::vector<SocketPtr> refused() {
        std::vector<SocketPtr> out;
        for (int checked = 0; checked < kCheckedTogether && !waiting_.empty(); ++checked) {
            auto one = waiting_.extract(waiting_.begin());
            if (!holds_(one.key())) out.insert(out.end(), one.mapped().begin(), one.mapped().end());
        }
        return out;
    }

private:
    const Live::Holds holds_;
    const milliseconds every_;
    Steady::time_point nextAt_;
    std::map<std::string, std::vector<SocketPtr>> waiting_;
};

}  // namespace live_parts

using namespace live_parts;

class Live::Reader {
public:
    Reader(store::Database& database, const Clock& clock, Holds holds, const LiveOptions& options)
        : database_(database),
          clock_(clock),
          options_(options),
          progress_(database, clock, options.progress),
          keys_(std::move(holds), options.recheck),
          listeners_(options, [this](const Socket& one) { leave(one); }) {
        thread_ = std::thread([this] { loop(); });
    }

    ~Reader() { stop(); }

    void stop() {
        {
            const std::scoped_lock lock(mutex_);
            if (stopping_) return;
            stopping_ = true;
        }
        changed_.notify_all();
        thread_.join();
        listeners_.stop();
    }

    bool admit(const OrganizationId& organization) {
        const std::scoped_lock lock(mutex_);
        const auto found = places_.find(organization);
        const int taken = found == places_.end() ? 0 : found->second;
        if (stopping_ || all_ >= options_.mostSockets || taken >= options_.mostOfOrganization) return false;
        places_[organization] = taken + 1;
        ++all_;
        return true;
    }

    void listen(Poco::Net::StreamSocket&& socket, Listener&& listener) {
        const auto one = std::make_shared<Socket>(std::move(socket), std::move(listener));
        {
            const std::scoped_lock lock(mutex_);
            listening_.emplace(one->id, one);
            joining_.push_back({one, one->stream.after});
        }
        listeners_.take(one);
        changed_.notify_all();
    }

    void wake() {
        {
            const std::scoped_lock lock(mutex_);
            woken_ = true;
        }
        changed_.notify_all();
    }

    int listening() const { return listeners_.count(); }

private:
    void leave(const Socket& one) {
        const std::scoped_lock lock(mutex_);
        listening_.erase(one.id);
        if (--places_[one.stream.organization] == 0) places_.erase(one.stream.organization);
        --all_;
    }

    void loop() {
        while (wait()) try {
                look();
            } catch (const std::exception& error) {
                log::warning("live_interrupted", {{"error", error.what()}});
                std::unique_lock lock(mutex_);
                changed_.wait_for(lock, seconds(1), [&] { return stopping_; });
            }
    }

    /// For something to do; without listeners nothing is looked for. False at the end.
    bool wait() {
        std::unique_lock lock(mutex_);
        const auto called = [&] { return stopping_ || woken_ || !joining_.empty(); };
        if (all_ == 0) {
            cursor_.reset();
            changed_.wait(lock, called);
        } else {
            changed_.wait_for(lock, options_.poll, called);
        }
        woken_ = false;
        for (auto& one : joining_) behind_[one.socket->stream.organization].push_back(std::move(one));
        joining_.clear();
        return !stopping_;
    }

    void look() {
        readForAll();
        if (!cursor_) return;
        catchUp();
        if (auto wires = progress_.due(); !wires.empty()) listeners_.tellAll(std::move(wires));
        if (Steady::now() >= beatAt_) {
            beatAt_ = Steady::now() + options_.beat;
            listeners_.beat(wireOf({}, "here", signOf("here")));
        }
        if (keys_.areDue()) {
            const std::scoped_lock lock(mutex_);
            keys_.askAbout(listening_);
        }
        for (const auto& one : keys_.refused())
            listeners_.end(one, net::CloseCode::policy, "the key no longer holds");
    }

    Json signOf(const char* kind) {
        return {{"kind", kind}, {"id", cursor_->text()}, {"at", toRfc3339(clock_.now())}};
    }

    std::vector<OrganizationId> organizations() {
        const std::scoped_lock lock(mutex_);
        std::vector<OrganizationId> all;
        for (const auto& [organization, count] : places_) all.push_back(organization);
        return all;
    }

    void readForAll() {
        const auto whose = organizations();
        for (bool more = true; more && !stopped();) {
            auto tx = database_.beginShared();
            if (!cursor_) cursor_ = feed::now(tx);
            auto page = feed::read(tx, whose, *cursor_, kPage);
            tx.commit();
            if (!page) return loseTheThread();
            std::vector<WirePtr> wires;
            for (const auto& notice : page->notices) {
                progress_.note(notice);
                wires.push_back(wireOfNotice(notice));
            }
            if (!wires.empty()) listeners_.tellAll(std::move(wires));
            cursor_ = page->next;
            more = page->more;
        }
    }

    /// Too much happened since we looked: each goes on, anew, from what it has heard.
    void loseTheThread() {
        cursor_.reset();
        log::warning("live_lost", Json::object());
        listeners_.endLevel(net::CloseCode::tryAgain, "too much at once");
    }

    /// For a short while, one of each organization in turn: meanwhile nobody else is told anything.
    void catchUp() {
        std::size_t left = 0;
        for (const auto& [organization, all] : behind_) left += all.size();
        const auto until = Steady::now() + kCatchingUp;
        for (; left > 0 && !behind_.empty() && Steady::now() < until && !stopped(); --left) {
            auto whose = behind_.upper_bound(caughtUp_);
            if (whose == behind_.end()) whose = behind_.begin();
            caughtUp_ = whose->first;
            auto& all = whose->second;
            if (goOn(all.front())) all.push_back(std::move(all.front()));
            all.pop_front();
            if (all.empty()) behind_.erase(whose);
        }
        if (left > 0 && !behind_.empty()) wake();
    }

    /// True while there is more to tell them.
    bool goOn(Joining& one) {
        if (one.after) return tellMissed(one);
        makeLevel(one);
        return false;
    }

    bool stopped() {
        const std::scoped_lock lock(mutex_);
        return stopping_;
    }

    void makeLevel(const Joining& one) {
        listeners_.makeLevel(one.socket, wireOf(one.socket->stream.organization, "ready", signOf("ready")));
    }

    /// As much of it as they read; true while there is more.
    bool tellMissed(Joining& one) {
        if (one.socket->over) return false;
        if (one.socket->bytes > options_.mostWaiting / 4) return true;
        auto tx = database_.beginShared();
        const auto page =
            feed::read(tx, {one.socket->stream.organization}, *one.after, kMissedPage, cursor_->seen);
        tx.commit();
        if (!page) {
            listeners_.end(one.socket, net::CloseCode::tryAgain, "gone");
            return false;
        }
        std::vector<WirePtr> wires;
        std::size_t bytes = 0;
        for (const auto& notice : page->notices) {
            wires.push_back(wireOfNotice(notice));
            one.after = notice.cursor;
            bytes += wires.back()->event->size();
            if (bytes > options_.mostWaiting / 4) break;
        }
        const bool more = page->more || wires.size() < page->notices.size();
        if (wires.size() == page->notices.size()) one.after = page->next;
        if (!wires.empty()) listeners_.tell(one.socket, std::move(wires));
        if (more) wake();
        if (!more) makeLevel(one);
        return more;
    }

    store::Database& database_;
    const Clock& clock_;
    const LiveOptions options_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false, woken_ = false;
    std::map<OrganizationId, int> places_;
    int all_ = 0;
    std::vector<Joining> joining_;
    std::map<std::uint64_t, SocketPtr> listening_;
    // Of the reading thread:
    std::optional<feed::Cursor> cursor_;
    std::map<OrganizationId, std::deque<Joining>> behind_;
    OrganizationId caughtUp_;  ///< whose turn it was last
    Steady::time_point beatAt_ = Steady::now();
    Progress progress_;
    Keys keys_;
    Listeners listeners_;
    std::thread thread_;
};

Live::Live(store::Database& database, const Clock& clock, Holds holds, const LiveOptions& options)
    : reader_(std::make_unique<Reader>(database, clock, std::move(holds), options)) {}

Live::~Live() = default;

bool Live::admit(const OrganizationId& organization) {
    return reader_->admit(organization);
}

void Live::listen(Poco::Net::StreamSocket socket, Listener listener) {
    reader_->listen(std::move(socket), std::move(listener));
}

int Live::listening() const {
    return reader_->listening();
}

void Live::wake() {
    reader_->wake();
}

void Live::stop() {
    reader_->stop();
}

}  // namespace overture::service
