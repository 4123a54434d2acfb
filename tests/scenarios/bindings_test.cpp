// `overture binding`, `model` and `rate` as a person runs them, on a private cluster of its own.
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

struct Bindings : ::testing::Test {
    Folder folder{"bindings"};

    Finished on(const std::string& line, const std::string& environment = {}) {
        return overtureLine(line + " --data " + (folder / "data"), {}, environment);
    }
    void SetUp() override {
        ASSERT_EQ(on("db migrate").status, 0);
        folder.write("leads.csv", "external_id,first_name,phone\nl1,Asha,+16025550100\n");
        folder.write(
            "team.csv",
            "name,email,zone,hours\nDana,dana@brightroof.example,America/Denver,Mon-Fri 09:00-17:00\n");
        const auto campaign = folder.write(
            "campaign.json", R"({"organization": "Brightroof", "playbook": ")" OVERTURE_SOURCE_DIR
                             R"(/playbooks/pest-renewal",
            "leads": "leads.csv", "team": "team.csv", "settings": {"company": "Brightroof"},
            "bindings": {"sms": {"plugin": "sim", "sender": "+12025550100", "calls_at_once": 4}, "model": {"plugin": "scripted"}}})");
        const auto created = on("campaign create " + campaign);
        ASSERT_EQ(created.status, 0) << created.err;
    }
};

TEST_F(Bindings, AreAddedCheckedAndListed) {
    const auto twilio = "binding add carrier --plugin twilio --settings " +
                        quoted(R"({"account_sid": "AC00000000000000000000000000000000"})") +
                        " --secrets auth_token=MADE_UP_TOKEN";
    const auto unset = on(twilio);
    EXPECT_EQ(unset.status, 1);
    EXPECT_NE(unset.err.find("MADE_UP_TOKEN"), std::string::npos) << unset.err;
    const auto added = on(twilio, "MADE_UP_TOKEN=made-up-1");
    ASSERT_EQ(added.status, 0) << added.err;
    EXPECT_EQ(added.out.find("Brightroof: carrier (twilio) is added\n  id "), 0U) << added.out;
    const auto again = on(twilio, "MADE_UP_TOKEN=made-up-2");
    EXPECT_NE(again.out.find("replaced"), std::string::npos) << again.out;
    EXPECT_EQ(again.out.substr(again.out.find("id ")), added.out.substr(added.out.find("id ")));

    const auto wrong = on("binding add other --plugin twilio --settings " + quoted(R"({"account": 1})"));
    EXPECT_EQ(wrong.status, 1);
    EXPECT_NE(wrong.err.find("account"), std::string::npos) << wrong.err;
    EXPECT_EQ(on("binding add other --plugin nobodys").status, 1);
    EXPECT_EQ(on("binding add other").status, 2);

    const auto rows = answersOf(on("binding list --json"));
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0]["name"], "carrier");
    EXPECT_EQ(rows[0]["secrets"], true);
    const auto listed = on("binding list");
    EXPECT_NE(listed.out.find("  carrier (twilio), with secrets, id "), std::string::npos) << listed.out;
    EXPECT_EQ(listed.output().find("made-up-"), std::string::npos) << "a secret is shown nowhere";

    const auto works = on("binding check sms");
    EXPECT_EQ(works.out, "sms: works\n") << works.err;
    const auto nobody = on("binding check fax");
    EXPECT_EQ(nobody.status, 1);
    EXPECT_NE(nobody.err.find("overture binding list"), std::string::npos) << nobody.err;
}

TEST_F(Bindings, AModelThatCannotWorkSaysWhy) {
    const auto add = [&](const std::string& name, const std::string& plugin, const std::string& settings) {
        return on("binding add " + name + " --plugin " + plugin + " --settings " + quoted(settings) +
                      " --secrets api_key=MADE_UP_KEY",
                  "MADE_UP_KEY=made-up-3");
    };
    for (const char* plugin : {"openai", "openrouter", "anthropic", "gemini", "bedrock"}) {
        ASSERT_EQ(add(plugin, plugin, R"({"base_url": "http://127.0.0.1:9"})").status, 0) << plugin;
        const auto checked = on(std::string("binding check ") + plugin);
        EXPECT_EQ(checked.status, 1);
        EXPECT_EQ(
            checked.out.find(plugin +
                             std::string(": transient: the model's server could not be reached: 127.0.0.1")),
            0U)
            << checked.output();
        EXPECT_EQ(checked.output().find("made-up-3"), std::string::npos);
    }
    ASSERT_EQ(add("model.embed/1", "gemini", R"({"embedding_model": "no such"})").status, 0);
    const auto vectors = on("binding check model.embed/1");
    EXPECT_NE(vectors.out.find("model.embed/1: invalid: the model \"no such\""), std::string::npos)
        << vectors.output();
    const auto keyless = on("binding add keyless --plugin bedrock");
    EXPECT_EQ(keyless.status, 1);
    EXPECT_NE(keyless.err.find("\"access_key_id\" and \"secret_access_key\", or \"api_key\""),
              std::string::npos)
        << keyless.err;
}

TEST_F(Bindings, ANumberOfCallsAtOnceIsKept) {
    ASSERT_EQ(on("binding add narrow --plugin scripted --calls-at-once 3").status, 0);
    EXPECT_NE(on("binding list").out.find("  narrow (scripted), 3 calls at once, id "), std::string::npos);
    const auto kept = [&](const std::string& name) {
        for (const auto& row : answersOf(on("binding list --json")))
            if (row["name"] == name) return row["calls_at_once"];
        return Json("no such binding");
    };
    EXPECT_EQ(kept("narrow"), 3);
    EXPECT_EQ(kept("model"), Json());
    EXPECT_EQ(kept("sms"), 4) << "from the campaign file";
    ASSERT_EQ(on("binding add narrow --plugin scripted").status, 0);
    EXPECT_EQ(kept("narrow"), Json()) << "a binding is replaced as a whole";
    EXPECT_EQ(on("binding add narrow --plugin scripted --calls-at-once 0").status, 2);
}

TEST_F(Bindings, ModelsHaveAnOrder) {
    ASSERT_EQ(on("binding add fast --plugin scripted").status, 0);
    EXPECT_EQ(on("model list").out, "Brightroof: each campaign's own binding \"model\"\n");
    EXPECT_EQ(on("model order fast,first=3s,deadline=12s model").out,
              "Brightroof: models in this order\n"
              "  1. fast (scripted), the next after 3s of silence, done within 12s\n"
              "  2. model (scripted)\n");
    const auto rows = answersOf(on("model list --json"));
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0]["models"][0]["first_token_ms"], 3000);
    const auto typo = on("model order fats");
    EXPECT_EQ(typo.status, 1);
    EXPECT_NE(typo.err.find("Did you mean \"fast\"?"), std::string::npos) << typo.err;
    for (const char* wrong : {"model order", "model order fast,first", "model order fast,last=3s",
                              "model order fast,first=soon", "model order fast,first=900s"})
        EXPECT_EQ(on(wrong).status, 2) << wrong;
    EXPECT_EQ(answersOf(on("model list --json"))[0]["models"].size(), 2U) << "mistakes change nothing";
    EXPECT_EQ(on("model order none").out, "Brightroof: each campaign's own binding \"model\"\n");
}

TEST_F(Bindings, RatesAreSetAndTakenAway) {
    EXPECT_EQ(on("rate list").out, "Brightroof: no rates\n");
    EXPECT_EQ(on("rate set number 60").out, "Brightroof: number at most 60 messages a minute\n");
    EXPECT_EQ(on("rate set organization 6000").status, 0);
    EXPECT_EQ(on("rate list").out,
              "Brightroof\n  number: at most 60 messages a minute\n  organization: at most 6,000 messages a "
              "minute\n");
    EXPECT_EQ(on("rate set number none").out, "Brightroof: number has no limit\n");
    EXPECT_EQ(answersOf(on("rate list --json"))[0]["rates"], Json({{"organization_per_minute", 6000}}));
    for (const char* wrong :
         {"rate set planet 5", "rate set number 0", "rate set number 1.5", "rate set number",
          "rate set people 250", "rate set people some --binding sms", "rate set number 5 --binding sms"})
        EXPECT_EQ(on(wrong).status, 2) << wrong;
}

TEST_F(Bindings, WriteFirstToSoManyPeopleADay) {
    EXPECT_EQ(on("rate set people 250 --binding sms").out,
              "Brightroof: sms writes first to at most 250 people a day\n");
    EXPECT_EQ(
        on("rate list").out,
        "Brightroof\n  sms: writes first to at most 250 people a day (..250 since " +
            answersOf(on("rate list --json"))[0]["people"].begin().value()["since"].get<std::string>().substr(
                0, 10) +
            ")\n");
    EXPECT_EQ(on("rate set people 50x1.5..2000 --binding sms").out,
              "Brightroof: sms writes first to at most 50 people today, and more each day\n");
    EXPECT_EQ(on("rate set people 50 --binding fax").status, 1);
    EXPECT_EQ(on("rate set people none --binding sms").out,
              "Brightroof: sms writes first to as many people a day as its carrier allows\n");
    EXPECT_EQ(on("rate list").out, "Brightroof: no rates\n");
}

}  // namespace
}  // namespace overture::testing
