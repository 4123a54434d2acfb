// `overture playbook publish|versions|diff|rollback` as a person runs them, on a private cluster of its own.
#include "base/text.hpp"
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

TEST(PlaybookVersions, ArePublishedComparedAndTakenBack) {
    const Folder folder("versions");
    const auto on = [&](const std::string& words) {
        return overtureLine("playbook " + words + " --data " + (folder / "data"));
    };
    const auto playbook = folder / "renewal";
    ASSERT_EQ(overtureLine("playbook new " + playbook).status, 0);
    const auto campaign =
        folder.write("campaign.json", R"({"organization": "Northbeam", "playbook": "renewal",
            "leads": "renewal/leads.csv", "team": "renewal/team.csv", "settings": "renewal/settings.json",
            "bindings": {"sms": {"plugin": "sim", "sender": "+12025550100"}, "model": {"plugin": "scripted"}}})");
    ASSERT_EQ(overtureLine("db migrate --data " + (folder / "data")).status, 0);
    const auto created = overtureLine("campaign create " + campaign + " --data " + (folder / "data"));
    ASSERT_EQ(created.status, 0) << created.output();
    const auto first = answersOf(on("versions --json")).at(0);
    EXPECT_EQ(first["campaigns"], Json({"renewal"}));
    ASSERT_GT(first["conversations"].get<int>(), 0);
    const auto old = first["version"].get<std::string>().substr(0, 12);

    EXPECT_EQ(on("diff " + old + " " + playbook).status, 0) << "the folder is what was published";
    const auto text = readFile(playbook + "/playbook.lua");
    writeFile(playbook + "/playbook.lua", replaceAll(text, "two short questions", "two quick questions"));
    const auto differs = on("diff " + old + " " + playbook);
    EXPECT_EQ(differs.status, 1);
    EXPECT_NE(differs.out.find("two quick questions"), std::string::npos) << differs.output();
    EXPECT_NE(differs.out.find("--- " + old + "/playbook.lua"), std::string::npos) << differs.out;

    const auto published = on("publish " + playbook + " --campaign renewal");
    EXPECT_EQ(published.status, 0) << published.output();
    EXPECT_NE(published.out.find("until now with " + old), std::string::npos) << published.out;
    const auto both = answersOf(on("versions --json"));
    ASSERT_EQ(both.size(), 2U);
    EXPECT_EQ(both[0]["conversations"], first["conversations"]) << "none had begun";
    EXPECT_EQ(both[1]["conversations"], 0);

    const auto back = on("rollback --campaign renewal");
    EXPECT_EQ(back.status, 0) << back.output();
    const auto listed = on("versions");
    EXPECT_NE(listed.out.find(old + "  "), std::string::npos) << listed.out;
    EXPECT_NE(listed.out.find("renewal, " + std::to_string(first["conversations"].get<int>()) +
                              " running, for renewal"),
              std::string::npos)
        << listed.out;
    EXPECT_EQ(answersOf(on("versions --json"))[1]["conversations"], first["conversations"]);

    writeFile(playbook + "/playbook.lua", "return playbook {");
    const auto broken = on("publish " + playbook);
    EXPECT_EQ(broken.status, 1);
    EXPECT_EQ(answersOf(on("versions --json")).size(), 2U) << "nothing is kept of a broken one";
    EXPECT_EQ(on("rollback").status, 2);
    EXPECT_EQ(on("rollback --campaign nobody").status, 1);
    EXPECT_EQ(on("rollback --campaign renewal --to zzz").status, 1);
    EXPECT_EQ(on("diff zzz " + playbook).status, 1);
}

}  // namespace
}  // namespace overture::testing
