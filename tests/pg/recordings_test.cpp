// Calls that are recorded, from their sound over real sockets to an object in a storage, to who listens, and to nobody.
#include "service/recordings.hpp"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>

#include <filesystem>
#include <fstream>

#include "base/metrics.hpp"
#include "compliance/retention.hpp"
#include "pg/sounding_calls.hpp"
#include "service/call_history.hpp"

namespace overture::service {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class RecordingsTest : public SoundingCalls {
protected:
    void SetUp() override {
        SoundingCalls::SetUp();
        fs::create_directories(place / "engine");
        storage = BindingId(uuid7(clock.now(), "storage"));
        instances.all[storage] = opened("folder", {{"folder", (place / "kept").string()}});
        set("settings", {{"voice_record", true}});
        set("bindings", {{"storage", storage.text()}});
        recordings = life(place / "engine");
        begin("engine one");
    }
    void TearDown() override {
        SoundingCalls::TearDown();
        calls.reset();
        recordings.reset();
        fs::remove_all(place);
    }
    std::unique_ptr<Recordings> life(const fs::path& folder) {
        return std::make_unique<Recordings>(*database, clock, instances, vault,
                                            RecordingsOptions{folder.string(), "https://calls.example"});
    }
    static std::vector<fs::path> filesIn(const fs::path& folder) {
        std::vector<fs::path> all;
        std::error_code error;
        for (const auto& entry : fs::recursive_directory_iterator(folder, error))
            if (entry.is_regular_file() && entry.path().filename() != ".overture")
                all.push_back(entry.path());
        return all;
    }
    std::string state() {
        return word("select coalesce(string_agg(state, ',' order by part), '-') as w from recordings");
    }
    /// The one object that is kept.
    std::string object() {
        const auto all = filesIn(place / "kept");
        EXPECT_EQ(all.size(), 1U);
        return all.empty() ? "" : readFile(all[0].string());
    }
    struct Sides {
        std::string lead, agent;
    };
    static Sides sidesOf(const std::string& wave) {
        EXPECT_TRUE(wave.starts_with("RIFF")) << wave.size();
        Sides sides;
        for (std::size_t i = 58; i + 1 < wave.size(); i += 2) {
            sides.lead += wave[i];
            sides.agent += wave[i + 1];
        }
        return sides;
    }
    static std::string_view part(const std::string& track, std::int64_t fromMs, std::int64_t toMs) {
        const auto from = std::min(track.size(), static_cast<std::size_t>(fromMs) * 8);
        return std::string_view(track).substr(from, static_cast<std::size_t>(toMs - fromMs) * 8);
    }
    static std::size_t loudMs(const std::string& track) {
        std::size_t loud = 0;
        for (std::size_t i = 0; i + call::kFrameBytes <= track.size(); i += call::kFrameBytes)
            if (call::loudnessOf(std::string_view(track).substr(i, call::kFrameBytes)) > 0.01) loud += 20;
        return loud;
    }
    /// A call with a reply, to its end.
    DeliveryId wholeCall() {
        talker.reply = {"We can come on Tuesday."};
        const auto one = connected();
        EXPECT_TRUE(becomes([&] { return heardByThem().ends_with("Is now a bad time?"); })) << heardByThem();
        phone->says(soundOf("No, go on."));
        EXPECT_TRUE(becomes([&] { return heardByThem().ends_with("on Tuesday."); })) << heardByThem();
        EXPECT_TRUE(becomes(
            [&] { return number("select count(*) as n from call_lines where text like 'We can%'") == 1; }));
        phone->hangUp();
        EXPECT_TRUE(becomes([&] { return row("state") == "ended"; }));
        return one.id;
    }
    struct Got {
        int status = 0;
        std::string body, range, type;
    };
    Got get(const std::string& url, const std::string& range = {}, const std::string& method = "GET") {
        Poco::Net::HTTPClientSession session("127.0.0.1", server->port());
        Poco::Net::HTTPRequest request(method, replaceAll(url, "https://calls.example", ""), "HTTP/1.1");
        if (!range.empty()) request.set("Range", range);
        session.sendRequest(request);
        Poco::Net::HTTPResponse response;
        Got got;
        Poco::StreamCopier::copyToString(session.receiveResponse(response), got.body);
        got.status = response.getStatus();
        got.range = response.get("Content-Range", "");
        got.type = response.getContentType();
        return got;
    }
    std::string link() {
        return recordings->link(organization, *Uuid::parse(row("call_id::text")), 1, std::nullopt, "")["url"];
    }
    void storageIsDown(bool down) {
        if (down) {
            if (fs::exists(place / "kept")) fs::rename(place / "kept", place / "away");
            std::ofstream(place / "kept") << "no folder";
            return;
        }
        fs::remove(place / "kept");
        if (fs::exists(place / "away")) fs::rename(place / "away", place / "kept");
    }
    std::map<std::string, std::int64_t> retain(const std::string& kind) {
        auto tx = database->begin(organization);
        compliance::setRetention(tx, organization, kind, 30, clock.now());
        tx.commit();
        clock.advanceTo(clock.now() + days(31));
        return compliance::applyRetention(*database, organization, clock.now());
    }

    const fs::path place =
        fs::temp_directory_path() / ("overture-recordings-" + uuid7(SystemClock{}.now()).text());
    const tenant::Vault vault{std::string(32, 'k')};
    BindingId storage;
};

TEST_F(RecordingsTest, BothSidesAreKeptApartAndWhereTheyWereHeard) {
    wholeCall();
    ASSERT_TRUE(becomes([&] { return state() == "stored"; }));
    EXPECT_THAT(heardByThem(), HasSubstr("recorded")) << "whoever is recorded is told so";
    const auto sides = sidesOf(object());
    EXPECT_EQ(sides.lead.size(), sides.agent.size());
    EXPECT_EQ(wordsIn(sides.lead), "No, go on.");
    EXPECT_EQ(wordsIn(sides.agent), heardByThem()) << "all that was heard of us, and nothing else";
    auto tx = database->begin(organization);
    const auto lines =
        tx.run({"test/lines", "select who, text, from_ms, to_ms from call_lines order by number"});
    tx.commit();
    for (const auto line : lines) {
        if (line.text("who") != "agent") continue;
        EXPECT_GT(call::loudnessOf(part(sides.agent, line.integer("from_ms"), line.integer("to_ms"))), 0.01)
            << line.text("text");
        EXPECT_EQ(
            wordsIn(std::string(part(sides.agent, line.integer("from_ms") - 40, line.integer("to_ms") + 40))),
            line.text("text"))
            << "the transcript's times are the recording's";
    }
    EXPECT_LT(std::abs(number("select milliseconds as n from recordings") -
                       static_cast<std::int64_t>(sides.lead.size() / 8)),
              2);
    EXPECT_EQ(filesIn(place / "engine" / "tapes").size(), 0U);
    const auto shown = callHistory(*database, organization, *Uuid::parse(row("call_id::text")));
    EXPECT_EQ((*shown)["recordings"][0]["state"], "stored");
    EXPECT_THAT(textOf((*shown)["recordings"][0], "key"), HasSubstr(row("call_id::text")));
}

TEST_F(RecordingsTest, OfASentenceThatWasCutOnlyWhatWasHeardIsInIt) {
    talker.reply = {"First I would like to tell you all about our roofs, which takes a while.",
                    "They are red."};
    connected();
    ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("Is now a bad time?"); }));
    phone->says(soundOf("No, go on."));
    ASSERT_TRUE(becomes(
        [&] { return talker.turns == 1 && heardByThem().find("First I would") != std::string::npos; }));
    talker.reply = {};
    phone->says(soundOf("Wait, what does it cost?"));
    ASSERT_TRUE(becomes([&] { return phone->clears() > 0 && talker.turns == 2; }));
    phone->hangUp();
    ASSERT_TRUE(becomes([&] { return state() == "stored"; }));
    const auto ours = loudMs(sidesOf(object()).agent), played = loudMs(phone->played());
    EXPECT_LT(ours, played + 200);
    EXPECT_GT(ours + 400, played) << "at most what lay between two marks is missing";
    EXPECT_THAT(wordsIn(sidesOf(object()).agent), Not(HasSubstr("a while")));
}

TEST_F(RecordingsTest, WhatWasSaidTwoSecondsBeforeAKillIsFoundByTheNextLife) {
    connected();
    ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("Is now a bad time?"); })) << heardByThem();
    phone->says(soundOf("No, go on."));
    ASSERT_TRUE(becomes([&] { return talker.turns == 1; }));
    std::this_thread::sleep_for(seconds(2));
    // What a killed engine leaves: its files as they are at this moment, and nobody who has them locked.
    fs::copy(place / "engine", place / "next", fs::copy_options::recursive);
    const auto heard = heardByThem();
    {
        const auto other = life(place / "engine");
        std::this_thread::sleep_for(seconds(1));
        EXPECT_EQ(state(), "open") << "a tape of an engine that lives is nobody else's";
    }
    const auto next = life(place / "next");
    ASSERT_TRUE(becomes([&] { return state() == "stored"; }));
    const auto sides = sidesOf(object());
    EXPECT_EQ(wordsIn(sides.lead), "No, go on.");
    EXPECT_EQ(wordsIn(sides.agent), heard);
    EXPECT_EQ(filesIn(place / "next" / "tapes").size(), 0U);
    phone->hangUp();
    EXPECT_TRUE(becomes([&] { return filesIn(place / "engine" / "tapes").empty(); }))
        << "what is stored is stored once";
}

TEST_F(RecordingsTest, AStorageThatIsAwayGetsItLater) {
    storageIsDown(true);
    wholeCall();
    ASSERT_TRUE(becomes(
        [&] { return metrics::exposition().find("overture_recordings_waiting 1") != std::string::npos; }));
    std::this_thread::sleep_for(seconds(1));
    EXPECT_EQ(state(), "open");
    EXPECT_FALSE(filesIn(place / "engine" / "tapes").empty());
    EXPECT_EQ(get(link()).status, 404) << "it is not there yet";
    storageIsDown(false);
    recordings->hurry();
    ASSERT_TRUE(becomes([&] { return state() == "stored"; }));
    EXPECT_EQ(wordsIn(sidesOf(object()).lead), "No, go on.");
    EXPECT_TRUE(becomes([&] { return filesIn(place / "engine" / "tapes").empty(); }));
}

TEST_F(RecordingsTest, ALinkIsGoodForATimeAndForOneRecordingOnly) {
    wholeCall();
    ASSERT_TRUE(becomes([&] { return state() == "stored"; }));
    const auto url = link(), wave = object();
    const auto whole = get(url);
    EXPECT_EQ(whole.status, 200);
    EXPECT_EQ(whole.type, "audio/wav");
    EXPECT_TRUE(whole.body == wave);
    const auto size = std::to_string(wave.size());
    const auto some = get(url, "bytes=10-99");
    EXPECT_EQ(some.status, 206);
    EXPECT_EQ(some.range, "bytes 10-99/" + size);
    EXPECT_TRUE(some.body == wave.substr(10, 90));
    EXPECT_TRUE(get(url, "bytes=-7").body == wave.substr(wave.size() - 7));
    EXPECT_TRUE(get(url, "bytes=100-").body == wave.substr(100));
    EXPECT_TRUE(get(url, "bytes=100-99999999").body == wave.substr(100));
    for (const auto* range :
         {"bytes=99999999-", "bytes=5-4", "bytes=a-b", "lines=1-2", "bytes=-0", "bytes=--1"}) {
        const auto none = get(url, range);
        EXPECT_EQ(none.status, 416) << range;
        EXPECT_EQ(none.range, "bytes */" + size) << range;
    }
    EXPECT_EQ(get(url, {}, "HEAD").body, "");
    EXPECT_EQ(get(url, {}, "POST").status, 405);
    const auto call = row("call_id::text");
    const auto other = uuid7(clock.now(), "another").text();
    for (const auto& [what, with] : std::vector<std::pair<std::string, std::string>>{
             {organization.text(), other}, {call, other}, {"/1/", "/2/"}})
        EXPECT_EQ(get(replaceAll(url, what, with)).status, 404) << what;
    const auto until = split(url, '/')[7];
    EXPECT_EQ(get(replaceAll(url, until, std::to_string(std::stoll(until) + 900))).status, 404)
        << "a longer life";
    for (const auto* path : {"/recordings/", "/recordings/x", "/recordings/a/b/c/d/e", "/recordings/../id"})
        EXPECT_EQ(get(path).status, 404) << path;
    clock.advanceTo(clock.now() + Recordings::kLinksHold - seconds(1));
    EXPECT_EQ(get(url).status, 200);
    clock.advanceTo(clock.now() + seconds(1));
    EXPECT_EQ(get(url).status, 410);
    EXPECT_EQ(get(link()).status, 200) << "another one";
}

TEST_F(RecordingsTest, WhatRetentionTakesAwayIsGoneFromTheStorage) {
    wholeCall();
    ASSERT_TRUE(becomes([&] { return state() == "stored"; }));
    EXPECT_EQ(retain("messages")["messages"], 0) << "the conversation is open";
    EXPECT_EQ(recordings->removeDue(), 0);
    EXPECT_EQ(retain("recordings")["recordings"], 1);
    EXPECT_EQ(state(), "-");
    EXPECT_EQ(get(link()).status, 404) << "nobody listens to it any more";
    storageIsDown(true);
    EXPECT_EQ(recordings->removeDue(), 1);
    EXPECT_THAT(word("select problem as w from objects_to_remove"), HasSubstr("not the folder"));
    storageIsDown(false);
    EXPECT_EQ(recordings->removeDue(), 0) << "it is waited for a while";
    clock.advanceTo(clock.now() + minutes(5));
    EXPECT_EQ(recordings->removeDue(), 1);
    EXPECT_EQ(filesIn(place / "kept").size(), 0U);
    EXPECT_EQ(number("select count(*) as n from objects_to_remove"), 0);
}

TEST_F(RecordingsTest, WhatIsErasedBeforeItWasStoredIsNeverKept) {
    storageIsDown(true);
    wholeCall();
    std::this_thread::sleep_for(seconds(1));
    ASSERT_EQ(state(), "open");
    auto tx = database->beginOwner();
    tx.run({"test/gone", "delete from calls"});
    tx.commit();
    storageIsDown(false);
    ASSERT_TRUE(instances.all[storage]->put({{"key", "other.wav"}}, "x", seconds(5)).ok());
    recordings->hurry();
    EXPECT_TRUE(becomes([&] { return filesIn(place / "engine" / "tapes").empty(); }));
    EXPECT_EQ(filesIn(place / "kept").size(), 1U) << "the other one";
    EXPECT_GE(recordings->removeDue(), 1) << "it may have been stored before";
    EXPECT_EQ(number("select count(*) as n from objects_to_remove"), 0);
}

TEST_F(RecordingsTest, WithoutAStorageTheEnginesFolderKeepsIt) {
    auto owner = database->beginOwner();
    owner.run({"test/unbound", "update campaigns set bindings = bindings - 'storage'"});
    owner.commit();
    wholeCall();
    ASSERT_TRUE(becomes([&] { return state() == "stored"; }));
    EXPECT_EQ(filesIn(place / "kept").size(), 0U);
    const auto stored = filesIn(place / "engine" / "stored");
    ASSERT_EQ(stored.size(), 1U);
    EXPECT_TRUE(get(link()).body == readFile(stored[0].string()));
    EXPECT_TRUE(get(link(), "bytes=58-157").body == readFile(stored[0].string()).substr(58, 100));
    const auto elsewhere = life(place / "elsewhere");
    EXPECT_EQ(elsewhere->listen(replaceAll(link(), "https://calls.example", ""), "").status, 503);
    EXPECT_EQ(retain("recordings")["recordings"], 1);
    EXPECT_EQ(elsewhere->removeDue(), 0) << "that is another folder";
    EXPECT_EQ(recordings->removeDue(), 1);
    EXPECT_EQ(filesIn(place / "engine" / "stored").size(), 0U);
}

TEST_F(RecordingsTest, WhoseCampaignDoesNotSayItIsNotRecorded) {
    set("settings", {{"voice_record", false}});
    wholeCall();
    EXPECT_THAT(heardByThem(), Not(HasSubstr("recorded")));
    EXPECT_EQ(state(), "-");
    EXPECT_EQ(filesIn(place / "engine" / "tapes").size(), 0U);
}

TEST_F(RecordingsTest, WhoDoesNotWantToBeRecordedIsNotAndNeverAgain) {
    talker.reply = {"We can come on Tuesday."};
    connected();
    ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("Is now a bad time?"); })) << heardByThem();
    phone->says(soundOf("No, go on."));
    ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("on Tuesday."); })) << heardByThem();
    ASSERT_EQ(state(), "open");
    talker.reply = {"Tuesday at nine."};
    phone->says(soundOf("Please do not record me."));
    ASSERT_TRUE(becomes([&] { return state() == "-"; }));
    ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("Tuesday at nine."); })) << heardByThem();
    EXPECT_THAT(heardByThem(), HasSubstr("All right, you are not being recorded.Tuesday at nine."))
        << "the engine says so, before the turn's answer";
    phone->says(soundOf("And do not record me again."));
    ASSERT_TRUE(becomes([&] { return talker.turns == 3; }));
    ASSERT_TRUE(becomes([&] { return filesIn(place / "engine" / "tapes").empty(); }))
        << "nothing is taped while the call goes on";
    EXPECT_EQ(row("state"), "talking");
    phone->hangUp();
    ASSERT_TRUE(becomes([&] { return row("state") == "ended"; }));
    EXPECT_EQ(row("recording"), "refused");
    EXPECT_EQ(number("select count(*) as n from call_lines where text like 'All right%'"), 1) << "told once";
    EXPECT_EQ(
        number(
            "select count(*) as n from messages where direction = 'note' and text like 'They do not want%'"),
        1);
    ASSERT_TRUE(instances.all[storage]->put({{"key", "other.wav"}}, "x", seconds(5)).ok());
    recordings->removeDue();
    EXPECT_EQ(filesIn(place / "kept").size(), 1U) << "the other one";
    EXPECT_EQ(number("select count(*) as n from objects_to_remove"), 0);

    auto owner = database->beginOwner();
    owner.run({"test/anew", "delete from messages"});
    owner.commit();
    clock.advanceTo(clock.now() + hours(24));
    phone.reset();
    placedAs("CA02", "Hi again, Asha.");
    phone = std::make_unique<MediaPhone>(server->port(), binding.text(), token, "CA02");
    ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("Asha."); })) << heardByThem();
    EXPECT_THAT(heardByThem(), Not(HasSubstr("recorded"))) << "what is not so is not said";
    EXPECT_EQ(state(), "-");
    EXPECT_EQ(filesIn(place / "engine" / "tapes").size(), 0U);
}

TEST_F(RecordingsTest, WhatWasStoredBeforeIsForgotten) {
    const auto first = wholeCall();
    ASSERT_TRUE(becomes([&] { return state() == "stored"; }));
    auto tx = database->begin(organization);
    EXPECT_TRUE(Recordings::refuse(tx, organization, first.text(), clock.now()));
    EXPECT_FALSE(Recordings::refuse(tx, organization, first.text(), clock.now())) << "told once";
    tx.commit();
    EXPECT_EQ(recordings->removeDue(), 1);
    EXPECT_EQ(filesIn(place / "kept").size(), 0U);
}

TEST_F(RecordingsTest, WhatOnlySoundsLikeARefusalIsRecorded) {
    talker.reply = {"We can come on Tuesday."};
    connected();
    ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("Is now a bad time?"); })) << heardByThem();
    phone->says(soundOf("Do not record that as a no."));
    ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("on Tuesday."); })) << heardByThem();
    phone->hangUp();
    ASSERT_TRUE(becomes([&] { return state() == "stored"; }));
    EXPECT_THAT(wordsIn(sidesOf(object()).lead), HasSubstr("Do not record that as a no."));
    EXPECT_EQ(row("coalesce(recording, '')"), "");
}

TEST_F(RecordingsTest, AFullDiskEndsNoCall) {
    fs::remove_all(place / "engine" / "tapes");
    wholeCall();
    EXPECT_EQ(state(), "-") << "no tape could be made";
    EXPECT_EQ(row("reason"), "hung_up");
}

}  // namespace
}  // namespace overture::service
