// A service that holds calls, with turns on a pool and one database; its carrier is whatever a test binds.
#pragma once

#include "service/calls.hpp"

#include "base/text.hpp"
#include "net/http_client.hpp"
#include "pg/turn_world.hpp"
#include "plugin/host.hpp"
#include "service/intake.hpp"
#include "service/recordings.hpp"
#include "service/server.hpp"
#include "turn/pool.hpp"

namespace overture::service {

using overture::testing::TurnWorld;

inline const std::string kAccount = "AC0123456789abcdef0123456789abcdef";
inline const std::string kAuthToken = "0123456789abcdef0123456789abcdef";

/// Says what it was told to say, while it "writes" it.
class Talker final : public turn::Handler {
public:
    turn::Outcome handle(const turn::Opened& opened, turn::Journal&) override {
        turn::Outcome outcome;
        const auto speaker = calls == nullptr ? nullptr : calls->speaker(opened);
        for (const auto& event : opened.events) {
            if (event.kind != "message") continue;
            note(heard_, textOf(event.payload, "text"));
            outcome.messages.push_back({"in", "lead", "voice", textOf(event.payload, "text"), "opening",
                                        opened.now, event.id, std::nullopt, Json::object()});
        }
        for (const auto& message : opened.messages)
            if (message.direction == "out") note(before_, message.text);
        std::vector<std::string> said;
        if (speaker)
            for (const auto& sentence : reply) {
                if (between) between();
                if (speaker->say(sentence)) said.push_back(sentence);
                ++tried;
            }
        if (!said.empty())
            outcome.messages.push_back({"out",
                                        "agent",
                                        "voice",
                                        join(said, " "),
                                        "opening",
                                        opened.now,
                                        std::nullopt,
                                        std::nullopt,
                                        {{"call", opened.events.back().payload["call"]}}});
        if (!becomes.empty()) {
            outcome.state = becomes;
            outcome.reason = "the test says so";
        }
        ++turns;
        return outcome;
    }
    std::vector<std::string> heard() const { return copyOf(heard_); }
    std::vector<std::string> before() const { return copyOf(before_); }  ///< what turns knew to be said by us

    // Set while no turn is at work.
    Calls* calls = nullptr;
    std::vector<std::string> reply;
    std::function<void()> between;  ///< before each sentence
    std::string becomes;            ///< the conversation's state after a turn
    std::atomic<int> tried = 0, turns = 0;

private:
    void note(std::vector<std::string>& list, std::string text) {
        const std::scoped_lock lock(mutex_);
        list.push_back(std::move(text));
    }
    std::vector<std::string> copyOf(const std::vector<std::string>& list) const {
        const std::scoped_lock lock(mutex_);
        return list;
    }
    mutable std::mutex mutex_;
    std::vector<std::string> heard_, before_;
};

class CallsWorld : public TurnWorld {
protected:
    struct Bound final : agent::Instances {
        std::shared_ptr<plugin::Instance> of(const OrganizationId&, const BindingId& id) override {
            return all.at(id);
        }
        std::shared_ptr<plugin::Instance> channel(const std::string&) override { return voice; }
        std::map<BindingId, std::shared_ptr<plugin::Instance>> all;
        std::shared_ptr<plugin::Instance> voice;
    };

    /// Binds the carrier, and whatever else there is.
    virtual void bind() = 0;
    std::shared_ptr<plugin::Instance> opened(const std::string& plugin, const Json& settings = Json::object(),
                                             const Json& secrets = Json::object()) {
        const auto listing = host.load(OVERTURE_BUILD_DIR "/plugins/" + plugin);
        if (listing.state != "loaded") throw Error(listing.reason, plugin);
        return host.open(plugin, settings, secrets).orThrow();
    }

    void SetUp() override {
        auto owner = database->beginOwner();  // nothing here is about permits
        owner.run({"test/permits",
                   "alter table deliveries drop constraint deliveries_organization_id_permit_id_fkey"},
                  {});
        owner.commit();
        instances.voice = opened("voice");
        hook = "https://calls.example/hooks/" + binding.text();
        set("settings", {{"company", "Bright Roof"}});
        set("bindings", {{"voice", binding.text()}});
        bind();
        conversation = addConversation();
        begin("engine one");
    }
    /// The service, or the next life of it.
    void begin(const std::string& engine) {
        server.reset();
        stopPool();
        calls = std::make_unique<Calls>(*database, clock, instances,
                                        CallsOptions{.engine = engine,
                                                     .publicUrl = "https://calls.example",
                                                     .recordings = recordings.get(),
                                                     .library = library.get()},
                                        [this] { bell.ring(); });
        talker.calls = calls.get();
        startPool(engine, talker);
        intake = std::make_unique<Intake>(
            *database,
            [this](const OrganizationId&, const BindingId& which) { return instances.all.at(which); }, [] {},
            turn::Quiet{}, Intake::ChannelOf{}, calls.get());
        server = std::make_unique<Server>(
            ServerOptions{.port = 0, .calls = calls.get(), .recordings = recordings.get()}, *database,
            *intake, api, clock);
    }
    void TearDown() override {
        server.reset();
        if (calls) calls->stop();
        stopPool();
    }
    void startPool(const std::string& engine, turn::Handler& handler) {
        stopPool();
        pool = std::make_unique<turn::Pool>(
            *database, clock, handler,
            turn::PoolOptions{.name = engine, .threads = 4, .poll = milliseconds(50)});
        ringing.emplace(bell, *pool);
    }
    void stopPool() {
        ringing.reset();
        pool.reset();
    }

    /// More of a campaign's settings or bindings.
    void set(const std::string& column, const Json& more) {
        const auto sql = "update campaigns set " + column + " = " + column +
                         " || $2::jsonb where organization_id = $1::uuid";
        auto tx = database->begin(organization);
        tx.run({"test/set", sql.c_str()}, {organization, more});
        tx.commit();
    }
    turn::Delivery delivery(const std::string& text = "Hi Asha. Is now a bad time?") {
        turn::Delivery one;
        one.id = DeliveryId(uuid7(clock.now(), text));
        one.organization = organization;
        one.conversation = conversation;
        one.binding = binding;
        one.channel = "voice";
        one.sender = "+12025550100";
        one.recipient = "+16025550100";
        one.parts = Json::array({{{"text", text},
                                  {"notice", {"I am an automated assistant."}},
                                  {"sentences", Json::array({text})}}});
        auto tx = database->begin(organization);
        tx.run({"test/delivery",
                "insert into deliveries (organization_id, delivery_id, conversation_id, lead_id, "
                "turn_number, binding_id, channel, "
                "sender, recipient, text, parts, state, due_at, created_at, updated_at, takeover_fence, "
                "permit_id) "
                "select $1::uuid, $2::uuid, c.conversation_id, c.lead_id, 1, $4::uuid, 'voice', $5, $6, $7, "
                "$8::jsonb, 'sent', "
                "$9::timestamptz, $9::timestamptz, $9::timestamptz, 0, $2::uuid from conversations c where "
                "c.conversation_id = "
                "$3::uuid and c.organization_id = $1::uuid"},
               {organization, one.id, conversation, binding, one.sender, one.recipient, text, one.parts,
                clock.now()});
        tx.run({"test/opening",
                "insert into messages (organization_id, conversation_id, number, direction, author, channel, "
                "text, stage, at, "
                "delivery_id) values ($1::uuid, $2::uuid, 1, 'out', 'agent', 'voice', $3, 'opening', "
                "$4::timestamptz, $5::uuid)"},
               {organization, conversation, text, clock.now(), one.id});
        tx.run({"test/count", "update conversations set message_count = 1 where organization_id = $1::uuid"},
               {organization});
        tx.commit();
        return one;
    }
    /// Placed with its carrier, which calls it so.
    turn::Delivery placedAs(const std::string& reference,
                            const std::string& text = "Hi Asha. Is now a bad time?") {
        const auto one = delivery(text);
        placedWith = *calls->place(one);
        token = placedWith["media"]["token"];
        calls->placed(one, {turn::SendResult::Kind::sent, reference, "queued", "", {}});
        id = one.id.text();
        return one;
    }
    template <typename Condition>
    bool becomes(Condition condition, seconds patience = seconds(20)) {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (!condition() && std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(milliseconds(20));
        return condition();
    }
    std::string row(const std::string& what) { return word("select " + what + " as w from calls"); }
    std::string transcript() {
        return word("select string_agg(who || ': ' || text, ' | ' order by number) as w from call_lines");
    }

    net::HttpClient http;
    plugin::Host host{{http, clock}};
    Bound instances;
    api::Api api{*database, clock, [] {}, {1000000, 1000000}};
    Talker talker;
    std::unique_ptr<Recordings> recordings;   // of those who record
    std::unique_ptr<agent::Library> library;  // of those whose playbook has something for calls
    turn::Bell bell;
    std::unique_ptr<Calls> calls;
    std::unique_ptr<turn::Pool> pool;
    std::optional<turn::Bell::Heard> ringing;
    std::unique_ptr<Intake> intake;
    std::unique_ptr<Server> server;
    ConversationId conversation;
    Json placedWith;              // what the carrier was asked for
    std::string hook, token, id;  // of the call that was placed
};

}  // namespace overture::service
