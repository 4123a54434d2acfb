#include <gtest/gtest.h>

#include "base/json.hpp"
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

const std::string kBroken = OVERTURE_BUILD_DIR "/tests/broken";
const std::string kExamples = OVERTURE_BUILD_DIR "/tests/examples";

Json json(const Finished& ran) {
    return parseJson(ran.out, "output: " + ran.out + ran.err).orThrow();
}

TEST(PluginList, ShowsLoadedRefusedAndDisabled) {
    const auto ran = overture({"plugin", "list", "--plugins", kBroken, "--json"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    std::map<std::string, Json> rows;
    for (const auto& row : answersOf(ran)) rows[row.at("id")] = row;
    EXPECT_EQ(rows.at("healthy").at("state"), "loaded");
    EXPECT_EQ(rows.at("healthy").at("capabilities"), Json({"carrier.message/1"}));
    EXPECT_EQ(rows.at("wrong_major").at("state"), "refused");
    EXPECT_EQ(rows.at("wrong_major").at("stage"), "judge");
    EXPECT_EQ(rows.at("wrong_major").at("reason"),
              "plugin wrong_major was refused at judge: its abi_major is 2, this engine's is 1; build it "
              "again with "
              "this engine's SDK");
}

TEST(PluginList, ReadsWellAndTakesTheFolderFromTheEnvironment) {
    const auto ran = overture({"plugin", "list"}, "", "OVERTURE_PLUGINS=" + quoted(kExamples));
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(ran.out,
              "acme 0.1.0  loaded  carrier.message/1\nasked 0.1.0  loaded  enrichment/1, crm/1\n"
              "numbers 0.1.0  loaded  registry.numbers/1\n"
              "plain_c 0.1.0  loaded  carrier.message/1\n");
}

TEST(PluginList, AFolderThatIsNotThereIsSaid) {
    const auto ran = overture({"plugin", "list", "--plugins", "/no/such/folder"});
    EXPECT_EQ(ran.status, 1);
    EXPECT_EQ(
        ran.err,
        "overture plugin list: /no/such/folder: there is no plugins directory here. Give the right one with "
        "--plugins or OVERTURE_PLUGINS.\n");
}

TEST(PluginCall, AnswersOneLine) {
    const auto ran = overture(
        {"plugin", "call", "plain_c", "carrier.message/1", "send", "--plugins", kExamples, "--request", "-"},
        R"({"to": "+15555550100"})");
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(ran.out, "{\"document\":{\"reference\":\"plain-1\",\"status\":\"sent\"},\"outcome\":\"ok\"}\n");
}

TEST(PluginCall, OtherOutcomesAreStatusThree) {
    const auto ran =
        overture({"plugin", "call", "healthy", "carrier.message/1", "lookup", "--plugins", kBroken});
    EXPECT_EQ(ran.status, 3) << ran.err;
    EXPECT_EQ(json(ran), Json::parse(R"({"outcome": "limited",
        "error": {"message": "come back later", "code": "V7", "retry_after_ms": 1500}})"));
    const auto unknown =
        overture({"plugin", "call", "healthy", "model.chat/1", "complete", "--plugins", kBroken});
    EXPECT_EQ(unknown.status, 3);
    EXPECT_EQ(json(unknown).at("outcome"), "unsupported");
}

TEST(PluginCall, BatchAnswersLineByLine) {
    const auto ran = overture(
        {"plugin", "call", "healthy", "carrier.message/1", "webhook", "--plugins", kBroken, "--batch", "-"},
        "{\"id\": 7}\n\n{\"longer\": true}\n");
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(ran.out,
              "{\"document\":{\"bytes\":8},\"id\":7,\"outcome\":\"ok\"}\n"
              "{\"document\":{\"bytes\":15},\"id\":null,\"outcome\":\"ok\"}\n");
    const auto broken = overture(
        {"plugin", "call", "healthy", "carrier.message/1", "webhook", "--plugins", kBroken, "--batch", "-"},
        "[1]\n{}\n");
    EXPECT_EQ(broken.status, 3);
    EXPECT_EQ(broken.out,
              "{\"error\":\"line 1 is no JSON object\",\"id\":null}\n"
              "{\"document\":{\"bytes\":2},\"id\":null,\"outcome\":\"ok\"}\n");
}

TEST(PluginCall, SettingsAndSecretsAreCheckedBeforeAnythingRuns) {
    const Folder folder;
    const auto settings = folder.write("settings.json", R"({"base_url": "http://acme.invalid"})");
    const auto misspelt = folder.write("misspelt.json", R"({"base_ulr": "http://acme.invalid"})");
    const auto secrets = folder.write("secrets.json", R"({"secrets": {"api_key": "k"}})");
    const std::vector<std::string> send{"plugin",
                                        "call",
                                        "acme",
                                        "carrier.message/1",
                                        "lookup",
                                        "--plugins",
                                        kExamples,
                                        "--request",
                                        folder.write("request.json", R"({"delivery_id": "d1"})"),
                                        "--settings"};
    const auto with = [&](std::vector<std::string> more, const std::string& environment = {}) {
        auto words = send;
        words.insert(words.end(), more.begin(), more.end());
        return overture(words, "", environment);
    };
    EXPECT_EQ(with({misspelt}).err,
              "overture plugin call: plugin acme, settings.base_ulr: there is no such setting. Did "
              "you mean \"base_url\"?\n");
    EXPECT_EQ(
        with({settings}).err,
        "overture plugin call: plugin acme: the secret \"api_key\" is missing. Set it on the binding.\n");
    EXPECT_EQ(with({settings}).status, 1);
    const auto fromFile = with({settings, "--secrets", secrets});
    EXPECT_EQ(fromFile.status, 3) << fromFile.err;
    EXPECT_EQ(json(fromFile).at("outcome"), "transient");
    const auto fromEnvironment = with({settings}, "OVERTURE_SECRET_API_KEY=k");
    EXPECT_EQ(json(fromEnvironment).at("error").at("message"), "acme.invalid: this name has no address");
}

TEST(PluginCall, WrongUseIsStatusTwo) {
    EXPECT_EQ(overture({"plugin", "call", "acme"}).status, 2);
    EXPECT_EQ(overture({"plugin", "call", "a", "b", "c", "--deadline", "soon"}).status, 2);
    const auto ran =
        overture({"plugin", "call", "acne", "carrier.message/1", "send", "--plugins", kExamples});
    EXPECT_EQ(ran.status, 1);
    EXPECT_EQ(ran.err, "overture plugin call: there is no plugin \"acne\". Did you mean \"acme\"?\n");
}

}  // namespace
}  // namespace overture::testing
