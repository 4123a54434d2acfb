// `overture campaign …` on a database as a person runs it, on a private cluster of its own.
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

class Campaign : public ::testing::Test {
protected:
    Finished on(const std::string& words) {
        return overtureLine("campaign " + words + " --data " + (folder / "data"));
    }
    Json status(const std::string& name = {}) { return answersOf(on("status --json " + name)).at(0); }

    /// A campaign of two leads and its file's name.
    std::string file() {
        folder.write("leads.csv",
                     "external_id,first_name,phone,state,consent\nl1,Asha,+16025550100,AZ,written\n"
                     "l2,Bo,+13055550101,FL,written\nl3,Cy,+13055550102,FL,no\n");
        folder.write(
            "team.csv",
            "name,email,zone,hours\nDana,dana@brightroof.example,America/Denver,Mon-Fri 09:00-17:00\n");
        return folder.write("campaign.json",
                            R"({"organization": "Brightroof", "playbook": ")" OVERTURE_SOURCE_DIR
                            R"(/playbooks/pest-renewal",
            "leads": "leads.csv", "team": "team.csv", "settings": {"company": "Brightroof"},
            "bindings": {"sms": {"plugin": "sim", "sender": "+12025550100"}, "model": {"plugin": "scripted"}}})");
    }

    const Folder folder{"campaign"};
};

TEST_F(Campaign, BeginsPausesGoesOnAndStops) {
    ASSERT_EQ(overtureLine("db migrate --data " + (folder / "data")).status, 0);
    const auto none = on("status");
    EXPECT_EQ(none.status, 1);
    EXPECT_NE(none.err.find("there is no organization here yet"), std::string::npos) << none.err;

    const auto made = on("create --draft " + file());
    ASSERT_EQ(made.status, 0) << made.output();
    EXPECT_NE(made.out.find("is a draft"), std::string::npos) << made.out;
    EXPECT_EQ(status()["state"], "draft");
    EXPECT_EQ(status()["touches_planned"], 0) << "a draft plans nothing";
    EXPECT_EQ(on("pause").status, 1);
    EXPECT_EQ(on("resume").status, 1);

    const auto started = on("start");
    ASSERT_EQ(started.status, 0) << started.output();
    EXPECT_NE(started.out.find("is running, until now draft"), std::string::npos) << started.out;
    const auto running = status("pest-renewal");
    const int planned = running["touches_planned"];
    EXPECT_EQ(planned, 2) << toText(running);
    EXPECT_EQ(running["leads"]["closed"], 1) << "nobody without consent";
    EXPECT_FALSE(running["next_touch"].is_null());

    const auto paused = answersOf(on("pause --json")).at(0);
    EXPECT_EQ(paused["dropped"], planned);
    EXPECT_EQ(status()["touches_planned"], 0);
    EXPECT_NE(on("pause").out.find("is paused, as before"), std::string::npos);
    EXPECT_EQ(on("start").status, 1);
    const auto text = on("status").out;
    EXPECT_NE(text.find("campaign \"pest-renewal\" is paused since "), std::string::npos) << text;
    EXPECT_NE(text.find("3 in all, 2 untouched, 1 closed"), std::string::npos) << text;

    const auto resumed = answersOf(on("resume --json")).at(0);
    EXPECT_EQ(resumed["planned"], planned) << "touches are planned anew";
    EXPECT_EQ(status()["touches_planned"], planned);
    EXPECT_EQ(answersOf(on("resume --json")).at(0)["planned"], 0) << "and once";

    EXPECT_EQ(on("stop").status, 0);
    EXPECT_EQ(status()["leads"]["closed"], 3);
    EXPECT_EQ(status()["touches_planned"], 0);
    for (const char* late : {"start", "pause", "resume"}) EXPECT_EQ(on(late).status, 1) << late;
    EXPECT_EQ(on("stop").status, 0) << "it is stopped, as before";
    const auto listed = answersOf(on("list --json"));
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0]["state"], "stopped");
    EXPECT_EQ(listed[0]["organization"], "Brightroof");
    EXPECT_EQ(on("status nobody").status, 1);
    EXPECT_EQ(on("stop one two").status, 2);
}

}  // namespace
}  // namespace overture::testing
