// A service that holds calls over real sockets: Media Streams as published, speech that reads itself back, turns on a pool, one database.
#pragma once

#include "service/calls.hpp"

#include <future>

#include "base/text.hpp"
#include "media_phone.hpp"
#include "net/http_client.hpp"
#include "pg/turn_world.hpp"
#include "plugin/host.hpp"
#include "service/intake.hpp"
#include "service/recordings.hpp"
#include "service/server.hpp"
#include "turn/pool.hpp"

namespace overture::service {

using overture::testing::MediaPhone;
using overture::testing::TurnWorld;

inline const std::string kAccount = "AC0123456789abcdef0123456789abcdef";

/// Says what it was told to say, while it "writes" it.
struct Talker final : turn::Handler {
    turn::Outcome handle(const turn::Opened& opened, turn::Journal&) override {
        turn::Outcome outcome;
        const auto speaker = calls == nullptr ? nullptr : calls->speaker(opened);
        for (const auto& event : opened.events) {
            if (event.kind != "message") continue;
            heard.push_back(textOf(event.payload, "text"));
            outcome.messages.push_back({"in", "lead", "voice", textOf(event.payload, "text"), "opening",
                                        opened.now, event.id, std::nullopt, Json::object()});
        }
        for (const auto& message : opened.messages)
            if (message.direction == "out") before.push_back(message.text);
        std::vector<std::string> said;
        if (speaker)
            for (const auto& sentence : reply)
                if (speaker->say(sentence)) said.push_back(sentence);
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
        if (closes) {
            outcome.state = "closed";
            outcome.reason = "said goodbye";
        }
        ++turns;
        return outcome;
    }
    Calls* calls = nullptr;
    std::vector<std::string> reply, heard, before;
    bool closes = false;
    std::atomic<int> turns = 0;
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

    void SetUp() override {
        const std::string folder = OVERTURE_BUILD_DIR "/plugins/";
        for (const char* name : {"twilio", "voice", "scripted-speech"}) {
            const auto listing = host.load(folder + name);
            ASSERT_EQ(listing.state, "loaded") << listing.reason;
        }
        auto owner = database->beginOwner();  // nothing here is about permits
        owner.run({"test/permits",
                   "alter table deliveries drop constraint deliveries_organization_id_permit_id_fkey"},
                  {});
        owner.commit();
        instances.voice = host.open("voice", Json::object(), {}).orThrow();
        instances.all[binding] =
            host.open("twilio", {{"account_sid", kAccount}, {"base_url", "http://127.0.0.1:9"}},
                      {{"auth_token", "0123456789abcdef"}})
                .orThrow();
        speech = BindingId(uuid7(clock.now(), "speech"));
        instances.all[speech] = host.open("scripted-speech", Json::object(), {}).orThrow();
        auto tx = database->begin(organization);
        tx.run({"test/speech",
                "update campaigns set bindings = bindings || jsonb_build_object('voice', $2::text, 'speech', "
                "$3::text), "
                "settings = settings || '{\"company\": \"Bright Roof\"}' where organization_id = $1::uuid"},
               {organization, binding.text(), speech.text()});
        tx.commit();
        conversation = addConversation();
        begin("engine one");
    }
    void begin(const std::string& engine) {
        server.reset();
        pool.reset();
        calls = std::make_unique<Calls>(
            *database, clock, instances,
            CallsOptions{
                .engine = engine, .publicUrl = "https://calls.example", .recordings = recordings.get()},
            [this] {
                if (pool) pool->wake();
            });
        talker.calls = calls.get();
        pool = std::make_unique<turn::Pool>(
            *database, clock, talker,
            turn::PoolOptions{.name = engine, .threads = 4, .poll = milliseconds(50)});
        server = std::make_unique<Server>(
            ServerOptions{.port = 0, .calls = calls.get(), .recordings = recordings.get()}, *database, intake,
            api, clock);
    }
    void TearDown() override {
        phone.reset();
        server.reset();
        if (calls) calls->stop();
        pool.reset();
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
               {organization, one.id, conversation, binding, one.sender, one.recipient, text,
                Json::array(
                    {{{"text", text}, {"notice", {"I am an automated assistant."}}, {"sentences", {text}}}}),
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
    /// Placed, answered and connected.
    turn::Delivery connected(const std::string& text = "Hi Asha. Is now a bad time?") {
        const auto one = delivery(text);
        const auto asked = calls->place(one);
        token = (*asked)["media"]["token"];
        calls->placed(one, {turn::SendResult::Kind::sent, "CA01", "queued", "", {}});
        phone = std::make_unique<MediaPhone>(server->port(), binding.text(), token, "CA01");
        return one;
    }
    std::string soundOf(const std::string& text) {
        std::string sound;
        const auto reply = instances.all[speech]->speak(
            {{"text", text}, {"language", "en"}, {"encoding", "mulaw"}, {"rate", 8000}},
            [&](std::string_view piece) {
                sound += piece;
                return true;
            },
            seconds(5));
        EXPECT_TRUE(reply.ok()) << reply.message;
        return sound;
    }
    /// What somebody with ears heard of us.
    std::string heardByThem() { return wordsIn(phone->played()); }
    std::string wordsIn(const std::string& sound) {
        struct Ear final : plugin::Hearing {
            void words(const Json& document) override {
                if (document["kind"] == "final") text += (text.empty() ? "" : " ") + textOf(document, "text");
            }
            void ended(const plugin::Reply&) override { over.set_value(); }
            std::string text;
            std::promise<void> over;
        } ear;
        std::unique_ptr<plugin::Listening> listening;
        EXPECT_TRUE(instances.all[speech]
                        ->listen({{"language", "en"}, {"encoding", "mulaw"}, {"rate", 8000}}, ear, listening,
                                 seconds(5))
                        .ok());
        listening->audio(sound);
        listening->audio(call::silence(seconds(1)));
        listening->finish();
        ear.over.get_future().wait_for(seconds(5));
        return ear.text;
    }
    template <typename Condition>
    bool becomes(Condition condition, seconds patience = seconds(20)) {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (!condition() && std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(milliseconds(20));
        return condition();
    }
    std::string row(const std::string& what) { return word("select " + what + " as w from calls"); }

    net::HttpClient http;
    plugin::Host host{{http, clock}};
    Bound instances;
    Intake intake{*database,
                  [this](const OrganizationId&, const BindingId& id) { return instances.all.at(id); }, [] {}};
    api::Api api{*database, clock, [] {}, {1000000, 1000000}};
    Talker talker;
    std::unique_ptr<Recordings> recordings;  // of those who record
    std::unique_ptr<Calls> calls;
    std::unique_ptr<turn::Pool> pool;
    std::unique_ptr<Server> server;
    std::unique_ptr<MediaPhone> phone;
    BindingId speech;
    ConversationId conversation;
    std::string token;
};

}  // namespace overture::service
