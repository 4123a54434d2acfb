// Random sequences of what playbooks, plugins, operators, leads and clocks may do, in any order: no carrier is called without
// a permit for that contact, channel and minute, and none against the law of the place. The real gate, permits and sender; the
// state around them is kept here as turn::commit and turn::Deliverer keep it in the database. OVERTURE_SEQUENCES says how many.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "agent/sender.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "compliance/gate.hpp"

namespace overture::testing {
namespace {

using compliance::ConsentLevel;
using compliance::ContactRequest;
using compliance::NotBefore;
using compliance::Permit;

/// What the law says of three places, written here a second time and by itself.
struct Place {
    const char *number, *zone;
    int opens, closes, opensOnSunday, mostADay;
};
constexpr Place kPlaces[] = {{"+1602555", "America/Phoenix", 8, 21, 8, 1000},
                             {"+1305555", "America/New_York", 8, 20, 8, 3},
                             {"+1713555", "America/Chicago", 9, 21, 12, 1000}};

struct Person {
    const Place* place = nullptr;
    std::string phone;
    ConsentLevel consent = ConsentLevel::expressWritten;
    std::optional<Instant> suppressedAt;
    std::vector<Instant> attempts;
};

struct Conversation {
    int person = 0, campaign = 0;
    std::int64_t fence = 0;
    bool taken = false;
};

struct Queued {
    turn::Delivery delivery;
    int conversation = 0;
    std::int64_t fence = 0;
    std::optional<Permit> permit;  ///< of its latest try
    std::string state = "due";
    Instant dueAt;
};

/// One small world and its judge, who stands where the carrier is.
class World : public plugin::Instance, public agent::Instances {
public:
    World(const compliance::Gate& gate, std::uint64_t seed)
        : gate_(gate),
          random_(seed),
          now_(*parseRfc3339("2026-01-01T00:00:00Z") + seconds(random_.below(86400ULL * 364))) {
        for (int i = 0; i < 2; ++i) {
            const auto& place = kPlaces[random_.below(3)];
            people_.push_back({&place,
                               place.number + std::to_string(1000 + random_.below(9000)),
                               random_.chance(0.9) ? ConsentLevel::expressWritten : ConsentLevel::express,
                               {},
                               {}});
        }
        for (int i = 0; i < 4; ++i) conversations_.push_back({i % 2, i / 2, 0, false});
    }

    void run(int acts) {
        for (int i = 0; i < acts && fault.empty(); ++i) act();
    }

    std::string fault;  ///< the first call that should not have been
    std::uint64_t calls = 0, refused = 0;

    const std::string& plugin() const override { return name_; }
    bool offers(std::string_view) const override { return true; }
    std::shared_ptr<plugin::Instance> of(const OrganizationId&, const BindingId&) override {
        return {this, [](plugin::Instance*) {}};
    }
    std::shared_ptr<plugin::Instance> channel(const std::string&) override { return of({}, {}); }

    plugin::Reply call(std::string_view, std::string_view, const Json& request, milliseconds) override {
        ++calls;
        judge(textOf(request, "delivery_id"), textOf(request, "channel"), textOf(request, "to"));
        switch (random_.below(6)) {
            case 0: return {plugin::Outcome::transient, {}, "busy", "try later", milliseconds(60000)};
            case 1: return {plugin::Outcome::unknown, {}, "", "nobody knows", {}};
            case 2: return {plugin::Outcome::rejected, {}, "no", "no", {}};
            case 3: throw Error("the plugin broke");
            default: return {plugin::Outcome::ok, {{"reference", "r"}, {"status", "sent"}}, "", "", {}};
        }
    }

private:
    void judge(const std::string& id, const std::string& channel, const std::string& to) {
        const auto wrong = [&](const std::string& what) {
            fault = what + " at " + toRfc3339(now_) + " to " + to + " by " + channel;
        };
        const Queued* queued = nullptr;
        for (const auto& one : queue_)
            if (one.delivery.id.text() == id) queued = &one;
        if (queued == nullptr || !queued->permit) return wrong("no permit");
        const auto& permit = *queued->permit;
        if (!permit.covers(now_)) return wrong("a permit for another minute");
        if (permit.request().address != to || permit.request().channel != channel)
            return wrong("a permit for somebody else");
        const auto& conversation = conversations_[static_cast<std::size_t>(queued->conversation)];
        const auto& person = people_[static_cast<std::size_t>(conversation.person)];
        if (person.phone != to) return wrong("another person");
        if (campaigns_[conversation.campaign] != "running") return wrong("the campaign is not running");
        if (conversation.taken || conversation.fence != queued->fence) return wrong("a draft from before");
        if (person.suppressedAt) return wrong("who opted out");
        if (permit.request().purpose != "marketing") return;
        if (person.consent != ConsentLevel::expressWritten) return wrong("no consent");
        const auto local = localTime(person.place->zone, now_);
        const auto opens =
            local.weekday == std::chrono::Sunday ? person.place->opensOnSunday : person.place->opens;
        if (local.timeOfDay < hours(opens) || local.timeOfDay >= hours(person.place->closes))
            return wrong("outside the hours, " + local.text());
        int today = 0;  // this one is among them
        for (const auto& at : person.attempts) today += at > now_ - hours(24) ? 1 : 0;
        if (today > person.place->mostADay) return wrong("too often");
        if (newest_ && now_ + minutes(5) < *newest_) return wrong("by a clock that was set back");
    }

    ContactRequest contact(const Conversation& conversation, const std::string& channel,
                           const std::string& purpose) const {
        const auto& person = people_[static_cast<std::size_t>(conversation.person)];
        ContactRequest request;
        request.channel = channel;
        request.address = person.phone;
        request.purpose = purpose;
        request.at = now_;
        request.place.phone = person.phone;
        request.consent = person.consent;
        request.suppressedAt = person.suppressedAt;
        request.suppressed = person.suppressedAt.has_value();
        request.attempts = person.attempts;
        return request;
    }

    /// A playbook's turn: asks for leave and queues what it may, by whatever channel it names.
    void draft() {
        static const char* kChannels[] = {"sms", "sms", "whatsapp", "voice", "pigeon"};
        const auto index = static_cast<int>(random_.below(conversations_.size()));
        const auto& conversation = conversations_[static_cast<std::size_t>(index)];
        const std::string channel = kChannels[random_.below(5)];
        const std::string purpose = random_.chance(0.8) ? "marketing" : "reply";
        const auto verdict = gate_.decide(contact(conversation, channel, purpose));
        Queued queued;
        if (const auto* permit = std::get_if<Permit>(&verdict))
            queued.permit = *permit;
        else if (const auto* later = std::get_if<NotBefore>(&verdict); later && random_.chance(0.5))
            queued.dueAt = later->at;
        else
            return void(++refused);
        queued.delivery.id = DeliveryId(uuid7(now_, std::to_string(++number_)));
        queued.delivery.channel = channel;
        queued.delivery.recipient = people_[static_cast<std::size_t>(conversation.person)].phone;
        queued.delivery.purpose = purpose;
        queued.conversation = index;
        queued.fence = conversation.fence;
        queued.dueAt = std::max(queued.dueAt, now_ + seconds(random_.chance(0.7) ? 0 : random_.below(90000)));
        if (queue_.size() > 12) queue_.erase(queue_.begin());
        queue_.push_back(std::move(queued));
    }

    /// What the Deliverer does with one that is due.
    void deliver(Queued& queued) {
        const auto& conversation = conversations_[static_cast<std::size_t>(queued.conversation)];
        auto& person = people_[static_cast<std::size_t>(conversation.person)];
        if (conversation.fence != queued.fence || conversation.taken ||
            campaigns_[conversation.campaign] != "running") {
            queued.state = "cancelled";
            return;
        }
        if (newest_ && now_ + minutes(5) < *newest_) {
            queued.dueAt = *newest_;
            return;
        }
        const auto verdict =
            gate_.decide(contact(conversation, queued.delivery.channel, queued.delivery.purpose));
        if (const auto* later = std::get_if<NotBefore>(&verdict)) {
            queued.dueAt = later->at;
            ++refused;
            return;
        }
        if (std::holds_alternative<compliance::Refused>(verdict)) {
            queued.state = "cancelled";
            ++refused;
            return;
        }
        queued.permit = std::get<Permit>(verdict);
        newest_ = std::max(newest_.value_or(now_), queued.permit->minute());
        if (queued.delivery.purpose == "marketing") person.attempts.push_back(now_);
        if (random_.chance(0.1)) now_ += seconds(random_.below(180));  // the machine was busy meanwhile
        if (!queued.permit->covers(now_)) return;                      // stays due
        send(queued, *queued.permit);
    }

    void send(Queued& queued, const Permit& permit) {
        turn::SendResult result;
        try {
            result = sender_.send(permit, queued.delivery);
        } catch (const std::exception&) {
            result.kind = turn::SendResult::Kind::unknown;
        }
        using Kind = turn::SendResult::Kind;
        queued.state = result.kind == Kind::retry ? "due" : "done";
        if (result.kind == Kind::retry) queued.dueAt = now_ + minutes(1);
    }

    void deliverDue() {
        for (std::size_t i = 0; i < queue_.size() && fault.empty(); ++i)
            if (queue_[i].state == "due" && queue_[i].dueAt <= now_) deliver(queue_[i]);
    }

    /// Somebody takes the wrong permit for a message: the sender itself refuses.
    void confuse() {
        if (queue_.size() < 2) return;
        auto& a = queue_[random_.below(queue_.size())];
        const auto& b = queue_[random_.below(queue_.size())];
        if (!b.permit || (a.delivery.recipient == b.permit->request().address &&
                          a.delivery.channel == b.permit->request().channel))
            return;
        const auto before = calls;
        (void)sender_.send(*b.permit, a.delivery);
        if (calls != before) fault = "the sender took a permit for another contact";
    }

    void raise(int campaign) {
        for (auto& conversation : conversations_)
            if (conversation.campaign == campaign && !conversation.taken) ++conversation.fence;
    }

    void act() {
        auto& conversation = conversations_[random_.below(conversations_.size())];
        auto& person = people_[static_cast<std::size_t>(conversation.person)];
        auto& campaign = campaigns_[conversation.campaign];
        switch (random_.below(16)) {
            case 0:
            case 1:
            case 2:
            case 3: draft(); break;
            case 4:
            case 5:
            case 6: deliverDue(); break;
            case 7: now_ += seconds(random_.below(120)); break;
            case 8: now_ += minutes(random_.below(1500)); break;
            case 9: now_ -= minutes(random_.below(random_.chance(0.8) ? 5 : 900)); break;
            case 10:  // an operator pauses and resumes; a stop is for good
                if (campaign == "running") {
                    campaign = random_.chance(0.8) ? "paused" : "stopped";
                    raise(conversation.campaign);
                } else if (campaign == "paused") {
                    campaign = "running";
                }
                break;
            case 11:
                ++conversation.fence;
                conversation.taken = !conversation.taken;
                break;
            case 12:
                if (!random_.chance(0.3)) break;
                person.suppressedAt = now_;
                for (auto& one : conversations_)
                    if (one.person == conversation.person) ++one.fence;
                break;
            case 13:
                if (random_.chance(0.3)) person.consent = ConsentLevel::none;
                break;
            case 14:
                if (random_.chance(0.3)) person.consent = ConsentLevel::expressWritten;
                break;
            default: confuse(); break;
        }
    }

    const compliance::Gate& gate_;
    Random random_;
    Instant now_;
    std::string name_ = "carrier";
    std::vector<Person> people_;
    std::vector<Conversation> conversations_;
    std::map<int, std::string> campaigns_{{0, "running"}, {1, "running"}};
    std::vector<Queued> queue_;
    std::optional<Instant> newest_;
    int number_ = 0;
    agent::CarrierSender sender_{*this};
};

TEST(Sequences, NoCarrierIsCalledWithoutAValidPermit) {
    const char* wish = std::getenv("OVERTURE_SEQUENCES");
    const auto sequences = wish == nullptr ? 20'000ULL : std::strtoull(wish, nullptr, 10);
    const compliance::Gate gate;
    std::uint64_t calls = 0, refused = 0;
    for (std::uint64_t seed = 1; seed <= sequences; ++seed) {
        World world(gate, seed);
        world.run(30);
        calls += world.calls;
        refused += world.refused;
        ASSERT_EQ(world.fault, "") << "seed " << seed;
    }
    EXPECT_GT(calls, sequences / 5) << "something is sent in most worlds";
    EXPECT_GT(refused, sequences) << "and much is not";
    std::cout << "{\"what\": \"sequences\", \"sequences\": " << sequences << ", \"carrier_calls\": " << calls
              << ", \"refused\": " << refused << ", \"without_permit\": 0}\n";
}

}  // namespace
}  // namespace overture::testing
