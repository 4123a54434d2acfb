// Objects in a folder.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/ids.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "folder/storage.hpp"
#include "net/http_client.hpp"
#include "overture/testing/fake_host.hpp"
#include "plugin/host.hpp"
#include "plugin/trial.hpp"

namespace overture::testing {
namespace {

namespace fs = std::filesystem;

class FolderTest : public ::testing::Test {
protected:
    FolderTest() { fs::create_directory(place); }
    ~FolderTest() override { fs::remove_all(place); }

    static sdk::Json asked(const std::string& key) { return {{"key", key}, {"content_type", "audio/wav"}}; }
    std::pair<sdk::Answer, std::string> get(const sdk::Json& request) {
        std::string bytes;
        auto answer = storage.get(request,
                                  [&](std::string_view piece) {
                                      bytes += piece;
                                      return true;
                                  },
                                  {});
        return {std::move(answer), std::move(bytes)};
    }
    std::vector<std::string> files() const {
        std::vector<std::string> all;
        for (const auto& entry : fs::recursive_directory_iterator(place))
            if (entry.is_regular_file() && !entry.path().filename().string().starts_with(".overture"))
                all.push_back(fs::relative(entry.path(), place).string());
        std::sort(all.begin(), all.end());
        return all;
    }

    const fs::path place =
        fs::temp_directory_path() / ("overture-folder-" + uuid7(SystemClock{}.now()).text());
    folder::FolderStorage storage{{{"folder", (place / "kept").string() + "/"}}};
};

TEST_F(FolderTest, KeepsReplacesGivesBackAndRemoves) {
    const auto key = std::string("calls/a1/2026-11/b2.wav");
    EXPECT_EQ(storage.put(asked(key), "first, and longer", {}).outcome, Outcome::ok);
    EXPECT_EQ(storage.put(asked(key), "second", {}).document, (sdk::Json{{"size", 6}}));
    EXPECT_EQ(files(), std::vector<std::string>{"kept/" + key}) << "nothing half stays beside it";
    EXPECT_EQ(get(asked(key)).second, "second");
    EXPECT_EQ(get({{"key", key}, {"from", 2}, {"most", 3}}).second, "con");
    EXPECT_EQ(get({{"key", key}, {"from", 2}, {"most", 3}}).first.document, (sdk::Json{{"size", 6}}));
    EXPECT_EQ(storage.remove(asked(key), {}).outcome, Outcome::ok);
    EXPECT_EQ(files(), std::vector<std::string>{});
    EXPECT_EQ(storage.remove(asked(key), {}).outcome, Outcome::ok) << "one that is not there is no mistake";
    EXPECT_EQ(get(asked(key)).first.code, "not_found");
}

TEST_F(FolderTest, NobodyElseOfTheMachineReadsIt) {
    storage.put(asked("a/b.wav"), "x", {});
    struct stat about {};
    ASSERT_EQ(::stat((place / "kept/a/b.wav").c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600U);
    ASSERT_EQ(::stat((place / "kept/a").c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0700U);
}

TEST_F(FolderTest, NothingOutsideOfItIsTouched) {
    std::ofstream(place / "secret") << "not yours";
    storage.put(asked("a/b.wav"), "x", {});
    fs::create_symlink(place / "secret", place / "kept/a/link.wav");
    EXPECT_NE(get(asked("a/link.wav")).first.outcome, Outcome::ok) << "a link is followed";
    EXPECT_EQ(storage.put(asked("a/link.wav"), "mine", {}).outcome, Outcome::ok);
    EXPECT_EQ(readFile((place / "secret").string()), "not yours") << "a link was written through";
    EXPECT_EQ(get(asked("a")).first.code, "not_found") << "a folder is no object";
    EXPECT_THROW(storage.put(asked("../secret"), "mine", {}), sdk::Refused);
}

TEST_F(FolderTest, WhatCannotBeDoneIsSaidAndMayBeTriedAgain) {
    folder::FolderStorage nowhere{{{"folder", (place / "no/such").string()}}};
    EXPECT_EQ(nowhere.put(asked("a.wav"), "x", {}).outcome, Outcome::auth);
    const auto removed = nowhere.remove(asked("a.wav"), {});
    EXPECT_EQ(removed.outcome, Outcome::auth) << "a folder that is not mounted has not forgotten anything";
    EXPECT_NE(removed.message.find("not the folder"), std::string::npos) << removed.message;
    storage.put(asked("a.wav"), "x", {});
    fs::rename(place / "kept", place / "unmounted");
    fs::create_directory(place / "kept");
    EXPECT_EQ(storage.remove(asked("a.wav"), {}).outcome, Outcome::auth)
        << "only where it is mounted was empty";
    fs::remove(place / "kept");
    std::ofstream(place / "kept") << "a file where the folder should be";
    EXPECT_EQ(storage.put(asked("a.wav"), "x", {}).outcome, Outcome::auth);
    for (const auto* folder : {"", "relative", "/"})
        EXPECT_THROW(folder::FolderStorage(sdk::Json{{"folder", folder}}), sdk::Refused) << folder;
}

TEST_F(FolderTest, AnEngineKeepsByItAndItsCheckLeavesNothing) {
    net::HttpClient http;
    const VirtualClock clock{*parseRfc3339("2026-03-01T17:00:00Z")};
    plugin::Host host{{http, clock}};
    const auto listing = host.load(OVERTURE_BUILD_DIR "/plugins/folder");
    ASSERT_EQ(listing.state, "loaded") << listing.stage << ": " << listing.reason;
    EXPECT_EQ(listing.manifest["own_connections"], true)
        << "an organization must not name the machine's folders";
    const auto instance = host.open("folder", {{"folder", (place / "kept").string()}}, {}).orThrow();
    const auto tried = plugin::tryOut(*instance, "storage", clock.now());
    ASSERT_TRUE(tried && tried->ok()) << (tried ? tried->message : "it was not asked");
    EXPECT_EQ(files(), std::vector<std::string>{});
    const std::string object(700'000, 's');
    EXPECT_TRUE(instance->put(asked("a/b.wav"), object, seconds(5)).ok());
    std::string bytes;
    const auto into = [&](std::string_view piece) {
        bytes += piece;
        return true;
    };
    EXPECT_EQ(instance->get(asked("a/b.wav"), into, seconds(5)).document, (Json{{"size", 700'000}}));
    EXPECT_EQ(bytes, object);
    int pieces = 0;
    const auto some = [&](std::string_view) { return ++pieces < 2; };
    EXPECT_EQ(instance->get(asked("a/b.wav"), some, seconds(5)).outcome, plugin::Outcome::cancelled);
    EXPECT_EQ(pieces, 2);
    EXPECT_EQ(instance->call("storage/1", "link", {{"key", "a/b.wav"}, {"seconds", 60}}, seconds(5)).outcome,
              plugin::Outcome::unsupported);
    EXPECT_EQ(instance->put(asked("../b.wav"), object, seconds(5)).outcome, plugin::Outcome::invalid);
}

}  // namespace
}  // namespace overture::testing
