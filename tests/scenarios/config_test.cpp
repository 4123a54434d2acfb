// The service's settings by file and environment, as the program reads them; and the address book of notices, as a person keeps it.
#include "scenarios/program.hpp"

#include <gmock/gmock.h>

namespace overture::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Config, NamesEveryMistakeWithItsPlace) {
    const Folder folder("config");
    const auto file =
        folder.write("overture.conf",
                     "# remarks and empty lines\n\nport = 99999\npubic-url = https://x.example\nport = 80\n"
                     "nonsense\nworkers = \"5\"\nproxy = gopher://x\npublic-url = x\n");
    const auto said = overture({"config", "check", file}, {}, "OVERTURE_POLL=5");
    EXPECT_EQ(said.status, 1);
    EXPECT_THAT(said.err, HasSubstr(file + ", line 3: --port takes a whole number from 0 to 65535"));
    EXPECT_THAT(
        said.err,
        HasSubstr(file + ", line 4: there is no setting \"pubic-url\"; did you mean \"public-url\"?"));
    EXPECT_THAT(said.err, HasSubstr(file + ", line 5: \"port\" was said before: " + file + ", line 3"));
    EXPECT_THAT(said.err, HasSubstr(file + ", line 6: write `name = value`"));
    EXPECT_THAT(said.err, HasSubstr(file + ", line 8: "));
    EXPECT_THAT(said.err, HasSubstr(file + ", line 9: --public-url takes an address"));
    EXPECT_THAT(said.err, HasSubstr("OVERTURE_POLL: --poll takes a whole number from 10"));
    EXPECT_THAT(said.out, HasSubstr("workers = 5 "));
    const auto served = overture({"serve", "--config", file});
    EXPECT_EQ(served.status, 1) << "the service does not start with a mistake";
    EXPECT_THAT(served.err, HasSubstr("did you mean \"public-url\"?"));
    EXPECT_EQ(overture({"config", "check", folder / "none.conf"}).status, 1);
}

TEST(Config, ShowsWhatHoldsAndNoSecret) {
    const Folder folder("config");
    const auto file = folder.write("overture.conf", "metrics-token = hush-hush\nport = 8081\n");
    std::filesystem::permissions(file, std::filesystem::perms(0644));
    const auto open = overture({"config", "check", file});
    EXPECT_EQ(open.status, 1);
    EXPECT_THAT(open.err, HasSubstr("everybody may read it"));
    EXPECT_THAT(open.output(), Not(HasSubstr("hush-hush")));
    std::filesystem::permissions(file, std::filesystem::perms(0600));
    const auto kept = overture({"config", "check"}, {}, "OVERTURE_CONFIG=" + quoted(file));
    EXPECT_EQ(kept.status, 0) << kept.err;
    EXPECT_THAT(kept.out, HasSubstr("port = 8081   (" + file + ", line 2)"));
    EXPECT_THAT(kept.out, HasSubstr("Nothing is wrong with it."));
}

/// The later goes before the earlier: file, environment, option. Each is shown by what the program complains of.
TEST(Config, TheEnvironmentGoesBeforeTheFileAndAnOptionBeforeBoth) {
    const Folder folder("config");
    const auto file =
        folder.write("overture.conf", "data = /nowhere/file\nplugins = /nowhere/plugins\nlargest = 9999\n");
    const auto complaint = [&](const std::string& more, const std::string& environment) {
        return overtureLine("serve --config " + file + " " + more, {}, environment).err;
    };
    EXPECT_THAT(complaint("", ""), HasSubstr("not \"9999\""));
    EXPECT_THAT(complaint("", "OVERTURE_LARGEST=8888"), HasSubstr("not \"8888\""));
    EXPECT_THAT(complaint("--largest 7777", "OVERTURE_LARGEST=8888"), HasSubstr("not \"7777\""));
    EXPECT_THAT(complaint("--largest 2", "OVERTURE_PLUGINS=/nowhere/else"), HasSubstr("/nowhere/else"));
}

TEST(Endpoints, AreAddedListedAndReplayed) {
    const Folder folder("endpoints");
    const auto on = [&](const std::string& line) {
        return overtureLine(line + " --data " + (folder / "data"));
    };
    ASSERT_EQ(on("db migrate").status, 0);
    folder.write("leads.csv", "external_id,first_name,phone\nl1,Asha,+16025550100\n");
    folder.write("team.csv",
                 "name,email,zone,hours\nDana,dana@brightroof.example,America/Denver,Mon-Fri 09:00-17:00\n");
    const auto created = on(
        "campaign create " +
        folder.write("campaign.json", R"({"organization": "Brightroof", "playbook": ")" OVERTURE_SOURCE_DIR
                                      R"(/playbooks/pest-renewal", "leads": "leads.csv", "team": "team.csv",
            "settings": {"company": "Brightroof"}, "bindings": {"sms": {"plugin": "sim", "sender": "+12025550100"}, "model": {"plugin": "scripted"}}})"));
    ASSERT_EQ(created.status, 0) << created.err;
    const auto added =
        on("endpoint add https://crm.example/notices --kinds meeting.booked,conversation.held");
    ASSERT_EQ(added.status, 0) << added.err;
    EXPECT_EQ(added.out.substr(0, 6), "whsec_");
    EXPECT_EQ(on("endpoint add https://crm.example/ --kinds meeting.boked").status, 2);
    EXPECT_EQ(on("endpoint add crm.example").status, 2);
    const auto listed = on("endpoint list");
    EXPECT_THAT(
        listed.out,
        HasSubstr("https://crm.example/notices  on, meeting.booked conversation.held; 0 wait, 0 given up"));
    EXPECT_THAT(listed.out, Not(HasSubstr("whsec_")));
    const auto replayed = on("endpoint replay " + listed.out.substr(0, 36));
    EXPECT_EQ(replayed.out, "0 notices are on the way again.\n") << replayed.err;
    EXPECT_EQ(on("endpoint replay 0199c0de-0000-7000-8000-000000000001").status, 1);
}

}  // namespace
}  // namespace overture::testing
