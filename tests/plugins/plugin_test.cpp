// Loading in stages, with one broken plugin per way to be wrong (tests/plugins/broken), and calling what is
// loaded.
#include "plugin/host.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <semaphore>
#include <thread>

#include "base/digest.hpp"
#include "base/failpoint.hpp"
#include "base/text.hpp"
#include "http_peer.hpp"

namespace overture::plugin {
namespace {

namespace fs = std::filesystem;

const std::string kBroken = OVERTURE_BUILD_DIR "/tests/broken/";
const std::string kExamples = OVERTURE_BUILD_DIR "/tests/examples/";

class Plugins : public ::testing::Test {
protected:
    Plugins() : clock(Instant(seconds(1'772'384'400))), host(Services{http, clock}) {}
    ~Plugins() override { fs::remove_all(folder); }

    std::shared_ptr<Instance> opened(const std::string& path, const Json& settings = {},
                                     const Secrets& secrets = {}) {
        const auto listing = host.load(path);
        EXPECT_EQ(listing.state, "loaded") << listing.reason;
        return host.open(listing.id, settings, secrets).orThrow();
    }

    /// A folder of its own, gone after the test.
    std::string place(const std::string& name) {
        if (folder.empty()) {
            auto pattern = (fs::temp_directory_path() / "overture-plugins-XXXXXX").string();
            folder = mkdtemp(pattern.data());
        }
        fs::create_directories(fs::path(folder) / name);
        return (fs::path(folder) / name).string();
    }
    std::string copyOf(const std::string& name, const std::string& parent) {
        const auto to = place(parent) + "/" + name;
        fs::copy(kBroken + name, to, fs::copy_options::recursive);
        return to;
    }

    net::HttpClient http;
    VirtualClock clock;
    Host host;
    std::string folder;
};

struct Wrong {
    const char* name;
    const char* stage;
    std::string sentence;
};

std::ostream& operator<<(std::ostream& out, const Wrong& wrong) {
    return out << wrong.name;
}

class Refused : public Plugins, public ::testing::WithParamInterface<Wrong> {};

TEST_P(Refused, WithItsOwnSentence) {
    const auto& wrong = GetParam();
    const auto listing = host.load(kBroken + wrong.name);
    EXPECT_EQ(listing.state, "refused");
    EXPECT_EQ(listing.stage, wrong.stage);
    EXPECT_EQ(listing.reason,
              "plugin " + std::string(wrong.name) + " was refused at " + wrong.stage + ": " + wrong.sentence);
    const auto instance = host.open(wrong.name, {}, {});
    ASSERT_FALSE(instance);
    EXPECT_EQ(instance.problem().what, listing.reason);
}

const Wrong kWrong[] = {
    {"no_manifest", "manifest", "there is no plugin.json in " + kBroken + "no_manifest"},
    {"bad_manifest", "manifest", "plugin.json is not valid JSON (plugin.json:4)"},
    {"unknown_capability", "manifest",
     "plugin.json lists the capability \"carrier.mesage/1\", which this engine does not know; did you mean "
     "\"carrier.message/1\"?"},
    {"missing_library", "load", "there is no missing_library.so beside plugin.json"},
    {"not_a_library", "load", "not_a_library.so cannot be loaded: file too short"},
    {"missing_dependency", "load",
     "missing_dependency.so cannot be loaded: undefined symbol: a_function_nobody_has"},
    {"no_symbol", "load", "no_symbol.so does not export overture_plugin_entry_v1"},
    {"wrong_magic", "judge", "its entry does not begin with the magic number of an Overture plugin"},
    {"short_entry", "judge",
     "its entry's size is 32 bytes, this engine needs 96; build it again with this engine's SDK"},
    {"wrong_major", "judge", "its abi_major is 2, this engine's is 1; build it again with this engine's SDK"},
    {"newer_minor", "judge", "its abi_minor_needed is 7, this engine has 4; a newer engine is needed"},
    {"wrong_id", "judge", "its library's id is \"someone_else\", plugin.json says \"wrong_id\""},
    {"wrong_version", "judge", "its library's version is 1.0.0, plugin.json says 1.0.1"},
    {"open_fails", "open", "it answered auth: its licence file is missing"},
    {"capability_not_in_manifest", "tables",
     "its library offers model.chat/1, which plugin.json does not list"},
    {"capability_not_offered", "tables", "plugin.json lists model.chat/1, which its library does not offer"},
    {"short_table", "tables", "the table of carrier.message/1 has 16 bytes where 32 are needed"},
    {"missing_slot", "tables", "the table of carrier.message/1 has no function for lookup"},
};
INSTANTIATE_TEST_SUITE_P(Broken, Refused, ::testing::ValuesIn(kWrong),
                         [](const auto& wrong) { return wrong.param.name; });

TEST_F(Plugins, AHealthyOneWorks) {
    const auto instance = opened(kBroken + "healthy");
    EXPECT_EQ(instance->plugin(), "healthy");
    EXPECT_TRUE(instance->offers("carrier.message/1"));
    EXPECT_FALSE(instance->offers("model.chat/1"));
    const auto sent = instance->call("carrier.message/1", "send", {{"to", "+15555550100"}}, seconds(1));
    ASSERT_TRUE(sent.ok()) << sent.message;
    EXPECT_EQ(sent.document, (Json{{"reference", "r1"}, {"status", "sent"}}));
    const auto later = instance->call("carrier.message/1", "lookup", Json::object(), seconds(1));
    EXPECT_EQ(later.outcome, Outcome::limited);
    EXPECT_EQ(later.code, "V7");
    EXPECT_EQ(later.message, "come back later");
    EXPECT_EQ(later.retryAfter, milliseconds(1500));
}

TEST_F(Plugins, WhatIsNotOfferedIsUnsupported) {
    const auto instance = opened(kBroken + "healthy");
    EXPECT_EQ(instance->call("model.chat/1", "complete", {}, seconds(1)).outcome, Outcome::unsupported);
    const auto reply = instance->call("carrier.message/1", "sned", {}, seconds(1));
    EXPECT_EQ(reply.outcome, Outcome::unsupported);
    EXPECT_EQ(reply.message, "carrier.message/1 has no operation sned; it has send, lookup, webhook, media");
    const auto later = instance->call("carrier.message/1", "media", {}, seconds(1));
    EXPECT_EQ(later.outcome, Outcome::unsupported);
    EXPECT_EQ(later.message, "plugin healthy has no carrier.message/1 media") << "it came with a later minor";
}

TEST_F(Plugins, ManyThreadsCallOneInstance) {
    const auto instance = opened(kExamples + "plain_c");
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < 100; ++n)
                good += instance->call("carrier.message/1", "send", {{"n", n}}, seconds(5)).ok() ? 1 : 0;
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(good, 800);
    const auto last = instance->call("carrier.message/1", "send", Json::object(), seconds(5));
    EXPECT_EQ(last.document.at("reference"), "plain-801");
}

TEST_F(Plugins, BreachesOfTheContractAreInternal) {
    const auto instance = opened(kBroken + "bad_json_output");
    const auto said = [&](const char* wrong) {
        const auto reply = instance->call("carrier.message/1", "send", {{"wrong", wrong}}, seconds(5));
        EXPECT_EQ(reply.outcome, Outcome::internal) << wrong;
        EXPECT_TRUE(reply.document.is_null());
        const std::string before = "plugin bad_json_output, carrier.message/1 send: ";
        EXPECT_TRUE(reply.message.starts_with(before)) << reply.message;
        return reply.message.substr(std::min(before.size(), reply.message.size()));
    };
    EXPECT_EQ(said("not_json"), "its document is not valid JSON");
    EXPECT_EQ(said("not_object"), "its document is not a JSON object");
    EXPECT_EQ(said("too_large"), "its document is larger than 8 MiB");
    EXPECT_EQ(said("no_such_outcome"), "it answered with outcome 77, which does not exist");
    EXPECT_EQ(said("no document at all"), "it answered ok without a document");
}

TEST_F(Plugins, AnExceptionAcrossTheBoundaryIsInternal) {
    const auto instance = opened(kBroken + "throws_exception");
    const auto reply = instance->call("carrier.message/1", "send", {{"to", "x"}}, seconds(1));
    EXPECT_EQ(reply.outcome, Outcome::internal);
    EXPECT_EQ(reply.message,
              "plugin throws_exception, carrier.message/1 send: an exception crossed the boundary: lost");
    EXPECT_EQ(instance->call("carrier.message/1", "send", Json::object(), seconds(1)).outcome,
              Outcome::internal);
}

TEST_F(Plugins, ADuplicateIdIsRefused) {
    EXPECT_EQ(host.load(kBroken + "duplicate_id").state, "loaded");
    const auto second = host.load(copyOf("duplicate_id", "elsewhere"));
    EXPECT_EQ(second.state, "refused");
    EXPECT_EQ(second.reason, "plugin duplicate_id was refused at manifest: this id is already loaded");
    EXPECT_TRUE(host.open("duplicate_id", {}, {}));
}

TEST_F(Plugins, TheFolderMustHaveTheIdsName) {
    fs::rename(copyOf("healthy", "plugins"), place("plugins") + "/renamed");
    EXPECT_EQ(
        host.load(place("plugins") + "/renamed/").reason,
        "plugin renamed was refused at manifest: plugin.json says id \"healthy\", but its folder is called "
        "\"renamed\"");
}

TEST_F(Plugins, WhatIsYesOrNoIsNothingElse) {
    for (const auto* key : {"own_connections", "reads_context"}) {
        const auto healthy = copyOf("healthy", key);
        auto manifest = Json::parse(readFile(healthy + "/plugin.json"));
        manifest[key] = "true";
        writeFile(healthy + "/plugin.json", toText(manifest));
        EXPECT_EQ(host.load(healthy).reason, "plugin healthy was refused at manifest: \"" + std::string(key) +
                                                 "\" in plugin.json must be true or false");
    }
}

TEST_F(Plugins, AnAllowListKeepsOthersOut) {
    const auto healthy = copyOf("healthy", "plugins");
    copyOf("hash_not_allowed", "plugins");
    const auto digest = toHex(sha256(readFile(healthy + "/healthy.so")));
    writeFile(place("plugins") + "/allowed.sha256", "# trusted\n" + digest + "  healthy/healthy.so\n");
    host.loadAll(place("plugins"));
    const auto rows = host.list();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].stage, "allow list");
    const auto other = toHex(sha256(readFile(kBroken + "hash_not_allowed/hash_not_allowed.so")));
    EXPECT_EQ(rows[0].reason,
              "plugin hash_not_allowed was refused at allow list: allowed.sha256 does not list " + other +
                  " for hash_not_allowed.so; add that line if this is the library you trust");
    EXPECT_EQ(rows[1].state, "loaded") << rows[1].reason;
}

TEST_F(Plugins, ADisabledOneIsListedAndNotLoaded) {
    writeFile(copyOf("healthy", "plugins") + "/disabled", "");
    host.loadAll(place("plugins"));
    EXPECT_EQ(host.list().at(0).state, "disabled");
    const auto instance = host.open("healthy", {}, {});
    ASSERT_FALSE(instance);
    EXPECT_EQ(instance.problem().what, "plugin healthy is disabled");
}

TEST_F(Plugins, LoadsAWholeDirectoryWhateverIsInIt) {
    host.loadAll(kBroken);
    std::map<std::string, std::string> states;
    for (const auto& row : host.list()) states[row.id] = row.state;
    EXPECT_EQ(states["healthy"], "loaded");
    EXPECT_EQ(states["wrong_major"], "refused");
    EXPECT_FALSE(states.contains("no_manifest"));
    EXPECT_THROW(host.loadAll(kBroken + "nowhere"), Error);
}

TEST_F(Plugins, SettingsAreHeldAgainstTheSchema) {
    ASSERT_EQ(host.load(kExamples + "acme").state, "loaded");
    const auto said = [&](const Json& settings, const Secrets& secrets = {{"api_key", "k"}}) {
        const auto instance = host.open("acme", settings, secrets);
        return instance ? std::string("opened") : instance.problem().sentence();
    };
    const Json good{{"base_url", "https://api.acme.example"}};
    EXPECT_EQ(said(good), "opened");
    EXPECT_EQ(said(Json::object()),
              "plugin acme, settings.base_url: is missing. Where the API is, without a slash at the end");
    EXPECT_EQ(said({{"base_url", "ftp://x"}}), "plugin acme, settings.base_url: must match ^https?://");
    EXPECT_EQ(said({{"base_url", "https://x"}, {"colour", 5}}),
              "plugin acme, settings.colour: there is no such setting. Known here: base_url, timeout_ms.");
    EXPECT_EQ(said({{"base_url", "https://x"}, {"timeout_sm", 500}}),
              "plugin acme, settings.timeout_sm: there is no such setting. Did you mean \"timeout_ms\"?");
    EXPECT_EQ(said({{"base_url", "https://x"}, {"timeout_ms", "5"}}),
              "plugin acme, settings.timeout_ms: must be of type integer, not string");
    EXPECT_EQ(said(good, {}), "plugin acme: the secret \"api_key\" is missing. Set it on the binding.");
    EXPECT_EQ(host.open("acne", good, {}).problem().remedy, "Did you mean \"acme\"?");
}

TEST_F(Plugins, HttpOfAPluginIsTheHostsHttp) {
    const auto instance =
        opened(kExamples + "acme", {{"base_url", "http://acme.invalid"}}, {{"api_key", "k"}});
    const Json message{
        {"from", "+15555550100"}, {"to", "+15555550101"}, {"text", "Hi"}, {"idempotency_key", "d1"}};
    const auto reply = instance->call("carrier.message/1", "send", message, seconds(5));
    EXPECT_EQ(reply.outcome, Outcome::transient);
    EXPECT_EQ(reply.message, "acme.invalid: this name has no address");
}

/// A vendor who takes his time over what is asked below /slow.
struct SlowVendor {
    std::counting_semaphore<> arrived{0}, mayAnswer{0};
    std::atomic<int> open = 0, most = 0;
    net::Peer peer{[this](Poco::Net::StreamSocket& socket, int) {
        const auto request = net::readRequest(socket);
        const int now = ++open;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        if (request.find(" /slow/") != std::string::npos) {
            arrived.release();
            mayAnswer.acquire();
        }
        --open;
        net::say(socket,
                 "HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 22\r\n\r\n"
                 "{\"id\":\"m1\",\"state\":\"\"}");
    }};
};

TEST_F(Plugins, SoManyCallsOfABindingRunAtOnceAndOthersAreNotHeldUp) {
    SlowVendor vendor;
    ASSERT_EQ(host.load(kExamples + "acme").state, "loaded");
    const auto bound = [&](const char* path, int atOnce) {
        return host
            .open("acme", {{"base_url", vendor.peer.url(path)}}, {{"api_key", "k"}, {"webhook_token", "t"}},
                  {atOnce})
            .orThrow();
    };
    const auto slow = bound("/slow", 2), other = bound("/other", 1);
    const Json message{
        {"from", "+15555550100"}, {"to", "+15555550101"}, {"text", "Hi"}, {"idempotency_key", "d1"}};
    const auto send = [&](Instance& instance, milliseconds deadline) {
        return instance.call("carrier.message/1", "send", message, deadline);
    };
    std::counting_semaphore<> inLine{0};
    setWaitpoint("plugin.waits_for_slot", [&] { inLine.release(); });
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 5; ++i) threads.emplace_back([&] { good += send(*slow, seconds(60)).ok() ? 1 : 0; });
    for (int i = 0; i < 2; ++i) vendor.arrived.acquire();
    for (int i = 0; i < 3; ++i) inLine.acquire();
    EXPECT_TRUE(slow->busy());
    EXPECT_FALSE(other->busy());
    EXPECT_TRUE(send(*other, seconds(60)).ok()) << "another binding of the same plugin waits for nobody";
    EXPECT_NE(
        slow->call("carrier.message/1", "webhook",
                   {{"method", "POST"}, {"url", "u"}, {"headers", {{"X-Acme-Token", "t"}}}}, seconds(60))
            .message.find("not an event"),
        std::string::npos)
        << "what only reads waits for nobody";
    const auto late = send(*slow, milliseconds(30));
    EXPECT_EQ(late.outcome, Outcome::transient);
    EXPECT_TRUE(late.notCalled);
    EXPECT_EQ(late.message,
              "plugin acme, carrier.message/1 send: 2 calls of this binding were at work until the deadline; "
              "more may not "
              "run at once");
    for (int i = 0; i < 5; ++i) vendor.mayAnswer.release();
    for (auto& thread : threads) thread.join();
    setWaitpoint("plugin.waits_for_slot", {});
    EXPECT_EQ(good, 5);
    EXPECT_EQ(vendor.most, 3) << "two of one binding and one of the other";
    EXPECT_FALSE(slow->busy());
}

}  // namespace
}  // namespace overture::plugin
