// What every command shares (names, help, wrong use) and the commands that no other scenario runs: db, playbook, lua.
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// The names of all commands, from the overview itself.
std::vector<std::string> commands() {
    std::vector<std::string> names;
    for (const auto& line : split(overture({"--help"}).out, '\n'))
        if (line.starts_with("  ")) names.push_back(line.substr(2, line.find("  ", 2) - 2));
    return names;
}

TEST(Commands, EachHasHelpWithAnExample) {
    const auto names = commands();
    ASSERT_GE(names.size(), 12u);
    for (const auto& name : names) {
        const auto help = overtureLine(name + " --help");
        EXPECT_EQ(help.status, 0) << name;
        EXPECT_TRUE(has(help.out, "Usage: overture " + name)) << help.output();
        EXPECT_TRUE(has(help.out, "Example")) << name;
    }
}

TEST(Commands, AGroupHasHelpOfItsOwn) {
    const auto help = overture({"db", "--help"});
    EXPECT_EQ(help.status, 0) << help.output();
    EXPECT_TRUE(has(help.out, "db migrate ") && has(help.out, "db status ")) << help.out;
    EXPECT_FALSE(has(help.out, "playbook check"));
    EXPECT_EQ(overture({"nothing", "--help"}).status, 2);
}

TEST(Commands, WrongUseSaysWhatIsMeantAndIsStatusTwo) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes{
        {{}, "Usage: overture COMMAND"},
        {{"db", "stats"}, "there is no command \"db stats\". Did you mean \"db status\"?"},
        {{"servee"}, "Did you mean \"serve\"?"},
        {{"db"}, "\"db\" needs one more word: db migrate, db status"},
        {{"db", "status", "--jsn"}, "unknown option --jsn; did you mean --json?"},
        {{"db", "status", "--data"}, "option --data needs a value"},
        {{"db", "status", "--json=yes"}, "option --json takes no value"},
        {{"db", "status", "-j"}, "options start with two dashes"},
        {{"db", "status", "here"}, "takes no words, only options"},
        {{"playbook", "check"}, "name one playbook folder"},
        {{"lua"}, "name one Lua file, or --batch FILE"},
    };
    for (const auto& [words, said] : mistakes) {
        const auto finished = overture(words);
        EXPECT_EQ(finished.status, 2) << finished.output();
        EXPECT_TRUE(has(finished.output(), said)) << said << "\n" << finished.output();
    }
    EXPECT_TRUE(overture({"--version"}).out.starts_with("overture "));
}

TEST(Db, IsMadeOnceThenThereIsNothingToDo) {
    const Folder folder("db");
    const std::vector<std::string> data{"--data", folder / "data"};
    const auto with = [&](std::vector<std::string> words) {
        words.insert(words.end(), data.begin(), data.end());
        return overture(words);
    };
    const auto none = with({"db", "status"});
    EXPECT_EQ(none.status, 1);
    EXPECT_TRUE(has(none.err, "there is no database here yet")) << none.output();
    EXPECT_FALSE(std::filesystem::exists(folder / "data/postgres/cluster")) << "asking made one";

    const auto made = with({"db", "migrate"});
    EXPECT_EQ(made.status, 0) << made.output();
    EXPECT_TRUE(has(made.out, ": applied ")) << made.output();
    const auto again = with({"db", "migrate"});
    EXPECT_TRUE(has(again.out, "nothing to do, all migrations are there")) << again.output();

    const auto status = with({"db", "status", "--json"});
    EXPECT_EQ(status.status, 0) << status.output();
    const auto answer = answersOf(status).at(0);
    EXPECT_EQ(answer["missing"], 0);
    EXPECT_EQ(answer["migrations"][0], Json({{"migration", "0001_foundation"}, {"applied", true}}));
    const auto text = with({"db", "status"});
    EXPECT_TRUE(has(text.out, "0001_foundation  applied")) << text.output();
    EXPECT_FALSE(has(text.out, "MISSING"));
}

TEST(PlaybookCheck, SaysWhatAPlaybookIsAndWhereItIsWrong) {
    const std::string solar = OVERTURE_SOURCE_DIR "/playbooks/solar-consult";
    const auto right = overture({"playbook", "check", solar});
    EXPECT_EQ(right.status, 0) << right.output();
    EXPECT_TRUE(right.out.starts_with("solar-consult: ")) << right.out;
    EXPECT_EQ(answersOf(overture({"playbook", "check", solar, "--json"})).at(0)["id"], "solar-consult");

    const Folder folder("playbook");
    folder.write(
        "playbook.lua",
        "return playbook {\n  api = 1, id = \"small\", languages = { \"en\" }, channels = { \"sms\" },\n"
        "  stages = { hello = stage { goal = \"g\", lines = { en = { \"Hi\" } },\n"
        "    moves = { { to = \"helo\", when = \"x\" } } } },\n}\n");
    const auto wrong = overture({"playbook", "check", folder.path()});
    EXPECT_EQ(wrong.status, 1) << wrong.output();
    EXPECT_TRUE(has(wrong.out, "playbook.lua:4:")) << wrong.out;
    const auto report = answersOf(overture({"playbook", "check", folder.path(), "--json"})).at(0);
    EXPECT_EQ(report["ok"], false);
    EXPECT_FALSE(report.contains("id"));
    EXPECT_FALSE(report["findings"].empty());
    EXPECT_EQ(overture({"playbook", "check", "/does/not/exist"}).status, 1);
}

TEST(PlaybookWords, InEachFormTellOfEachWord) {
    for (const auto& form : {"", "--editor", "--markdown"})
        for (const auto& word : {"stage", "objection", "touch", "one_of"})
            EXPECT_TRUE(has(overtureLine(std::string("playbook words ") + form).out, word)) << form << word;
}

TEST(LuaCommand, ShowsWhatAScriptDoesInTheSandbox) {
    const Folder folder("lua");
    const auto good = folder.write("good.lua", "print(\"hello\") return { 1, 2 }");
    const auto bad = folder.write("bad.lua", "return nothing.here");
    const auto one = answersOf(overture({"lua", good})).at(0);
    EXPECT_EQ(one["outcome"], "ok");
    EXPECT_EQ(one["result"], Json({1, 2}));
    EXPECT_EQ(one["printed"], "hello\n");
    const auto many = answersOf(
        overture({"lua", "--batch", "-"}, toText({{"id", 7}, {"file", bad}}) + "\n\n{\"id\": 8}\nnot json\n" +
                                              toText({{"file", "/not/there"}}) + "\n"));
    ASSERT_EQ(many.size(), 4u);
    EXPECT_EQ(many[0]["id"], 7);
    EXPECT_TRUE(has(textOf(many[0], "error"), "bad.lua:1:")) << many[0];
    EXPECT_EQ(many[1]["error"], "line 3: \"file\" is missing");
    EXPECT_EQ(many[2]["outcome"], "error");
    EXPECT_TRUE(has(textOf(many[3], "error"), "/not/there")) << many[3];
    EXPECT_EQ(overture({"lua", "--batch", "/not/there"}).status, 1);
}

}  // namespace
}  // namespace overture::testing
