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

TEST(PlaybookVersions, HaveASharePinnedAndTakenBack) {
    const Folder folder("shares");
    const auto on = [&](const std::string& words) {
        return overtureLine("playbook " + words + " --data " + (folder / "data"));
    };
    const auto runningOn = [&](const std::string& version) {
        for (const auto& one : answersOf(on("versions --json")))
            if (one["version"].get<std::string>().starts_with(version))
                return one["conversations"].get<int>();
        return -1;
    };
    const auto playbook = folder / "renewal";
    ASSERT_EQ(overtureLine("playbook new " + playbook).status, 0);
    std::string leads = "id,first name,phone,country,state,consent,consent source,consent date\n";
    for (int i = 100; i < 200; ++i)
        leads += "lead-" + std::to_string(i) + ",Asha,+16025550" + std::to_string(i) +
                 ",US,AZ,written,web form,2026-06-01\n";
    writeFile(playbook + "/leads.csv", leads);
    const auto campaign =
        folder.write("campaign.json", R"({"organization": "Northbeam", "playbook": "renewal",
            "leads": "renewal/leads.csv", "team": "renewal/team.csv", "settings": "renewal/settings.json",
            "bindings": {"sms": {"plugin": "sim", "sender": "+12025550100"}, "model": {"plugin": "scripted"}}})");
    ASSERT_EQ(overtureLine("db migrate --data " + (folder / "data")).status, 0);
    const auto created = overtureLine("campaign create " + campaign + " --data " + (folder / "data"));
    ASSERT_EQ(created.status, 0) << created.output();
    const auto own = answersOf(on("versions --json")).at(0)["version"].get<std::string>().substr(0, 12);
    const int all = runningOn(own);
    ASSERT_GE(all, 90);

    const auto text = readFile(playbook + "/playbook.lua");
    writeFile(playbook + "/playbook.lua", replaceAll(text, "two short questions", "two quick questions"));
    ASSERT_EQ(on("publish " + playbook).status, 0);
    const auto other = answersOf(on("versions --json")).at(0)["version"].get<std::string>().substr(0, 12);
    ASSERT_NE(other, own);
    ASSERT_EQ(runningOn(other), 0) << "published only";

    const auto shared = on("share " + other + " --campaign renewal --percent 30");
    EXPECT_EQ(shared.status, 0) << shared.output();
    const int part = runningOn(other);
    EXPECT_GT(part, all / 10);
    EXPECT_LT(part, all / 2);
    EXPECT_EQ(runningOn(own) + part, all);
    const auto again = on("share " + other + " --campaign renewal --percent 30");
    EXPECT_NE(again.out.find("0 take it and 0 go back"), std::string::npos) << again.output();
    EXPECT_EQ(on("share " + other + " --campaign renewal --percent 60").status, 0);
    EXPECT_GT(runningOn(other), part) << "a larger share takes more, and keeps those it had";
    EXPECT_EQ(on("share " + other + " --campaign renewal --percent 0").status, 0);
    EXPECT_EQ(runningOn(other), 0);
    EXPECT_EQ(runningOn(own), all);

    const auto pinned = on("pin " + other + " --conversation lead-150");
    EXPECT_EQ(pinned.status, 0) << pinned.output();
    EXPECT_EQ(runningOn(other), 1);
    writeFile(playbook + "/playbook.lua",
              replaceAll(replaceAll(text, "opening", "greeting"), "two short questions", "a minute"));
    ASSERT_EQ(on("publish " + playbook).status, 0);
    const auto without = answersOf(on("versions --json")).at(0)["version"].get<std::string>().substr(0, 12);
    const auto refused = on("pin " + without + " --conversation lead-150");
    EXPECT_EQ(refused.status, 1);
    EXPECT_NE(refused.err.find("stage \"opening\""), std::string::npos) << refused.output();
    EXPECT_EQ(on("pin " + other + " --campaign renewal").status, 0);
    EXPECT_EQ(runningOn(other), all);

    EXPECT_EQ(on("share " + other + " --campaign renewal --percent 101").status, 2);
    EXPECT_EQ(on("share zzz --campaign renewal --percent 10").status, 1);
    const auto shadow = on("shadow " + other + " --campaign renewal --percent 20");
    EXPECT_EQ(shadow.status, 0) << shadow.output();
    EXPECT_NE(on("shadow --campaign renewal").out.find("0 turns: 0 decided the same"), std::string::npos);
    EXPECT_EQ(on("shadow " + other + " --campaign renewal --percent 0").status, 0);
    EXPECT_EQ(on("shadow " + other + " --campaign renewal").status, 2);
    EXPECT_EQ(on("shadow zzz --campaign renewal --percent 10").status, 1);
    EXPECT_EQ(on("share " + other + " --percent 10").status, 2);
    EXPECT_EQ(on("pin " + other).status, 2);
    EXPECT_EQ(on("pin " + other + " --conversation nobody").status, 1);
}

TEST(PlaybookVersions, AreComparedOverWhatWasRecorded) {
    const Folder folder("replay");
    const auto playbook = folder / "renewal";
    const auto data = folder / "data";
    ASSERT_EQ(overtureLine("playbook new " + playbook).status, 0);
    ASSERT_EQ(
        overtureLine("run " + playbook + " --days 4 --data " + data + " --out " + (folder / "out")).status,
        0);
    const auto with = [&](const std::string& what) {
        return overtureLine("playbook replay " + what + " --with " + playbook + " --data " + data);
    };
    const auto same = with("--campaign renewal");
    EXPECT_EQ(same.status, 0) << same.output();
    EXPECT_NE(same.out.find(", 0 differ"), std::string::npos) << same.out;
    const auto one = with("lead-0001");
    EXPECT_EQ(one.status, 0) << one.output();

    const auto text = readFile(playbook + "/playbook.lua");
    writeFile(playbook + "/playbook.lua",
              replaceAll(text, "talk.facts.size >= 5 end", "talk.facts.size >= 500 end"));
    const auto differs = with("--campaign renewal");
    EXPECT_EQ(differs.status, 1) << differs.output();
    EXPECT_NE(differs.out.find("way: questions -> booking (the playbook's rule) then, stays with it"),
              std::string::npos)
        << differs.out;
    const auto lines = answersOf(with("--campaign renewal --json"));
    EXPECT_GT(lines.size(), 10U);
    EXPECT_EQ(with("nobody").status, 1);
    EXPECT_EQ(overtureLine("playbook replay lead-0001 --data " + data).status, 2);
}

TEST(PlaybookVersions, CountTheirVariantsAndCheckpoints) {
    const Folder folder("variants");
    const auto playbook = folder / "renewal";
    const auto data = folder / "data";
    ASSERT_EQ(overtureLine("playbook new " + playbook).status, 0);
    const auto text = readFile(playbook + "/playbook.lua");
    writeFile(playbook + "/playbook.lua", replaceAll(text, "  review = { sentences", R"(
  variants = {
    brief = variant { share = 50, lines = { opening = { "Hi {lead.first_name}, {settings.company}'s automated assistant. Two questions?" } } },
  },
  checkpoints = {
    talking = checkpoint { points = 10, stage = "questions" },
    won     = checkpoint { points = 40, booked = true },
  },
  review = { sentences)"));
    const auto ran =
        overtureLine("run " + playbook + " --days 6 --data " + data + " --out " + (folder / "out"));
    ASSERT_EQ(ran.status, 0) << ran.output();
    EXPECT_NE(ran.out.find("Variant brief"), std::string::npos) << ran.out;
    EXPECT_NE(ran.out.find("Own words"), std::string::npos) << ran.out;
    const auto status = overtureLine("campaign status --json --data " + data);
    ASSERT_EQ(status.status, 0) << status.output();
    const auto campaign = answersOf(status).at(0);
    ASSERT_EQ(campaign["variants"].size(), 2U) << campaign;
    EXPECT_EQ(campaign["variants"][0]["variant"], "");
    EXPECT_EQ(campaign["variants"][1]["variant"], "brief");
    int reached = 0, score = 0, people = 0;
    for (const auto& one : campaign["checkpoints"])
        reached += one["people"].get<int>() * (one["checkpoint"] == "won" ? 40 : 10);
    for (const auto& one : campaign["variants"]) {
        score += one["score"].get<int>();
        people += one["people"].get<int>();
        EXPECT_GT(one["people"].get<int>(), 0);
    }
    EXPECT_GT(reached, 0) << campaign;
    EXPECT_EQ(score, reached);
    int brief = 0, own = 0;
    for (const auto& line : split(readFile(folder / "out/conversations.jsonl"), '\n')) {
        if (line.empty()) continue;
        const auto one = parseJson(line, "conversations.jsonl").orThrow();
        for (const auto& message : one["messages"]) {
            if (message["direction"] != "out" || message["number"] != 1) continue;
            const bool isBrief =
                message["text"].get<std::string>().find("Two questions?") != std::string::npos;
            EXPECT_EQ(one["variant"], isBrief ? "brief" : "") << one;
            ++(isBrief ? brief : own);
        }
    }
    EXPECT_EQ(brief + own, people);
    EXPECT_EQ(brief, campaign["variants"][1]["people"].get<int>());
    const auto graph = overtureLine("playbook graph " + playbook);
    EXPECT_NE(graph.out.find("brief 50 %, own words 50 %"), std::string::npos) << graph.out;
    EXPECT_NE(graph.out.find("opening (brief)"), std::string::npos) << graph.out;
}

}  // namespace
}  // namespace overture::testing
