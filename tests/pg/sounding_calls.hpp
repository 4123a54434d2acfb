// Calls with their sound: Media Streams as published, speech that reads itself back, a telephone at the other end.
#pragma once

#include <future>

#include "media_phone.hpp"
#include "pg/calls_world.hpp"

namespace overture::service {

using overture::testing::MediaPhone;

class SoundingCalls : public CallsWorld {
protected:
    void bind() override {
        instances.all[binding] =
            opened("twilio", {{"account_sid", kAccount}, {"base_url", "http://127.0.0.1:9"}},
                   {{"auth_token", kAuthToken}});
        speech = BindingId(uuid7(clock.now(), "speech"));
        instances.all[speech] = opened("scripted-speech");
        set("bindings", {{"speech", speech.text()}});
    }
    void TearDown() override {
        phone.reset();
        CallsWorld::TearDown();
    }
    /// Placed, answered and connected.
    turn::Delivery connected(const std::string& text = "Hi Asha. Is now a bad time?") {
        const auto one = placedAs("CA01", text);
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

    std::unique_ptr<MediaPhone> phone;
    BindingId speech;
};

}  // namespace overture::service
