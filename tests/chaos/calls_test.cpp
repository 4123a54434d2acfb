// The real engine killed in the middle of a call: what was said stays, nobody is called again by that, and who calls again is answered.
#include <gtest/gtest.h>

#include <thread>

#include "base/text.hpp"
#include "bench/vendors.hpp"
#include "chaos/process.hpp"
#include "chaos/world.hpp"
#include "media_phone.hpp"
#include "net/http_client.hpp"
#include "plugin/host.hpp"
#include "store/database.hpp"

namespace overture::chaos {
namespace {

using overture::testing::MediaPhone;

constexpr auto kPatience = seconds(90);  // an engine with sanitizers on a busy machine

Plan planOf(const bench::Vendors& vendors) {
    Plan plan;
    plan.engines = 1;
    plan.conversations = 2;
    plan.modelUrl = vendors.url() + "/v1";
    plan.carrierUrl = vendors.url();
    plan.playbook = OVERTURE_SOURCE_DIR "/tests/chaos/calls_playbook";
    plan.speech = {{"plugin", "scripted-speech"}, {"settings", {{"characters_per_second", 20}}}};
    return plan;
}

class ChaosCalls : public ::testing::Test {
protected:
    void SetUp() override {
        ASSERT_EQ(host.load(OVERTURE_BUILD_DIR "/plugins/scripted-speech").state, "loaded");
        speech = host.open("scripted-speech", Json::object(), {}).orThrow();
        auto words = world.engineWords(0);
        words.insert(words.end(), {"--public-url", "http://127.0.0.1:" + std::to_string(port())});
        engine = std::make_unique<EngineProcess>(words, world.folder + "/engine.log");
        engine->start("");
    }
    std::uint16_t port() const { return world.ports.front(); }

    /// The first lead calls, and is connected.
    std::unique_ptr<MediaPhone> calls(const std::string& reference) {
        std::string answer;
        const auto ring = [&] {
            return world.post({{"CallSid", reference},
                               {"From", world.leads.front()},
                               {"CallStatus", "ringing"},
                               {"Direction", "inbound"},
                               {"ApiVersion", "2010-04-01"}},
                              random, &answer) == 200;
        };
        if (!becomes(ring)) throw Error("the engine does not answer", world.folder);
        return std::make_unique<MediaPhone>(port(), between(answer, "/v1/calls/media/", "\""),
                                            between(answer, "name=\"token\" value=\"", "\""), reference);
    }
    void says(MediaPhone& phone, const std::string& text) {
        std::string sound;
        const auto reply = speech->speak(
            {{"text", text}, {"language", "en"}, {"encoding", "mulaw"}, {"rate", 8000}},
            [&](std::string_view piece) {
                sound += piece;
                return true;
            },
            seconds(5));
        ASSERT_TRUE(reply.ok()) << reply.message;
        phone.says(sound);
    }
    static std::string between(const std::string& text, const std::string& from, const std::string& to) {
        const auto at = text.find(from);
        if (at == std::string::npos) return {};
        return text.substr(at + from.size(), text.find(to, at + from.size()) - at - from.size());
    }
    template <typename Condition>
    static bool becomes(Condition condition) {
        const auto until = std::chrono::steady_clock::now() + kPatience;
        for (; std::chrono::steady_clock::now() < until; std::this_thread::sleep_for(milliseconds(50)))
            if (condition()) return true;
        return false;
    }
    /// The first column, one after another.
    std::string ask(const std::string& question) {
        auto tx = database.beginOwner();
        std::string all;
        for (const auto row : tx.run({"chaos/ask", question.c_str()}, {}))
            all += (all.empty() ? "" : " | ") + row.text("w");
        return all;
    }
    std::string lines(const std::string& who) {
        return ask("select text as w from call_lines where who = '" + who + "' order by call_id, number");
    }

    bench::Vendors vendors;
    World world{planOf(vendors)};
    Random random = world.random("caller");
    net::HttpClient http;
    SystemClock clock;
    plugin::Host host{{http, clock}};
    std::shared_ptr<plugin::Instance> speech;
    store::Database database{{.url = world.server.url(), .sessions = 2}};
    std::unique_ptr<EngineProcess> engine;
};

TEST_F(ChaosCalls, AKilledEngineLosesNothingThatWasSaidAndCallsNobody) {
    auto phone = calls("CA" + std::string(32, '1'));
    says(*phone, "What about the roof please");
    ASSERT_TRUE(becomes([&] { return lines("agent").find("We look into") != std::string::npos; }))
        << lines("agent");
    says(*phone, "And how long will you need");
    ASSERT_TRUE(becomes([&] { return lines("lead").find("how long") != std::string::npos; }))
        << lines("lead");
    ASSERT_TRUE(
        becomes([&] { return ask("select count(*)::text as w from turns where turn_number = 2") == "1"; }));
    const auto before = lines("agent");
    engine->kill();  // while it answers
    EXPECT_TRUE(becomes([&] { return phone->over(); }));
    EXPECT_EQ(lines("agent"), before);
    EXPECT_EQ(lines("lead"), "What about the roof please | And how long will you need");
    const auto asked = vendors.sends();

    engine->start("");
    ASSERT_TRUE(becomes([&] { return ask("select state as w from calls") == "ended"; }))
        << ask("select state as w from calls");
    EXPECT_EQ(ask("select reason as w from calls"), "engine gone");
    EXPECT_TRUE(becomes([&] {
        return ask("select count(*)::text as w from events where turn_number is null and kind = 'message'") ==
               "0";
    }));
    EXPECT_EQ(vendors.sends(), asked) << "the carrier was asked for something";
    EXPECT_EQ(ask("select count(*)::text as w from calls"), "1");

    phone = calls("CA" + std::string(32, '2'));
    says(*phone, "We were cut off just now");
    EXPECT_TRUE(becomes([&] { return lines("lead").find("cut off") != std::string::npos; })) << lines("lead");
    const auto said = lines("agent").size();
    EXPECT_TRUE(becomes([&] { return lines("agent").size() > said + 20; })) << lines("agent");
    phone.reset();
    EXPECT_TRUE(becomes(
        [&] { return ask("select reason as w from calls order by started_at desc limit 1") == "hung_up"; }));
}

}  // namespace
}  // namespace overture::chaos
