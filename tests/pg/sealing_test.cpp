// What people said, and who they are, sealed at rest: nothing of it stands in any table, whoever may see it sees it as before.
#include <filesystem>
#include <regex>

#include "campaign/importing.hpp"
#include "compliance/person.hpp"
#include "pg/api_house.hpp"
#include "queries/campaign.hpp"
#include "queries/service.hpp"
#include "queries/turn.hpp"
#include "service/history.hpp"
#include "tenant/resealing.hpp"
#include "tenant/sealing.hpp"
#include "turn/mailbox.hpp"

namespace overture::api {
namespace {

using overture::testing::ApiTest;
using overture::testing::tuesday;
using tenant::Role;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Folder {
    Folder() { ::mkdtemp(path.data()); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string path = (std::filesystem::temp_directory_path() / "overture-sealing-XXXXXX").string();
};

struct Sealing : ApiTest {
    Folder folder;
    tenant::Vault keys = tenant::Vault::open(folder.path);

    void seal(const OrganizationId& organization, bool sealed = true) {
        auto tx = database.begin(organization);
        tenant::saveSettings(tx, organization, {{"sealed", sealed}});
        tx.commit();
        keepBy(folder.path);
    }
    void keepBy(const std::string& path) {
        database.keepBy(std::make_shared<tenant::Sealing>(
            database, [path] { return tenant::Vault::open(path); }, seconds(0)));
    }
    Said post(const std::string& target, const Json& body = Json::object(), Json headers = Json::object()) {
        return call("POST", target, admin(), body.empty() ? "" : body.dump(), std::move(headers));
    }
    Said get(const std::string& target) { return call("GET", target, admin()); }
    /// Every table that shows one of these words to whoever opens the database itself.
    std::vector<std::string> tablesThatShow(const std::vector<std::string>& sought) {
        std::vector<std::string> shown;
        auto tx = database.beginOwner();
        const auto tables = tx.run({"test/tables",
                                    "select relname as name from pg_class where relnamespace = "
                                    "'public'::regnamespace and relkind = 'r' order by 1"});
        for (const auto table : tables) {
            const auto sql =
                "select coalesce(string_agg(t::text, ' '), '') as x from " + table.text("name") + " t";
            const auto all = lowerAscii(tx.run({"test/all", sql.c_str()})[0].text("x"));
            for (const auto& word : sought)
                if (all.find(word) != all.npos || all.find(toHex(word)) != all.npos)
                    shown.push_back(table.text("name") + ": " + word);
        }
        return shown;
    }
    /// Something of everything that people say or that is known of them, by the roads that it comes on.
    void say() {
        const std::string list =
            "First name,Last name,Mobile,Company,Title,Roof,Age\n"
            "Zanzibar,Quixote,+1 602-555-0143,Marmalade Ltd,Lamplighter,sandstone,41417\n";
        ASSERT_EQ(post("/v1/campaigns/" + ours.ids["campaign"] + "/import", {{"csv", list}},
                       {{"idempotency-key", "list"}})
                      .status,
                  200);
        const auto begun = post("/v1/campaigns/" + ours.ids["campaign"] + "/imports",
                                {{"csv", replaceAll(list, "0143", "0144")}, {"name", "zanzibar.csv"}});
        ASSERT_EQ(begun.status, 202);
        ASSERT_EQ(post("/v1/leads/" + ours.ids["lead"] + "/change",
                       {{"instructions", "Mind the cockatoo"}, {"custom", {{"pet", "cockatoo"}}}},
                       {{"idempotency-key", "change"}})
                      .status,
                  200);
        ASSERT_EQ(post(one("/notes"), {{"text", "They keep a cockatoo"}, {"by", "Dana"}}).status, 200);
        ASSERT_EQ(post(one("/take"), {{"by", "Dana"}}).status, 200);
        ASSERT_EQ(post(one("/messages"), {{"text", "Is the cockatoo well?"}}).status, 200);
        auto tx = database.begin(ours.organization);
        const auto conversation = *ConversationId::parse(ours.ids["conversation"]);
        turn::post(tx, ours.organization,
                   {{EventId(uuid7(clock.now())),
                     conversation,
                     "message",
                     clock.now(),
                     clock.now(),
                     "m1",
                     {{"text", "My cockatoo says \"hi\", \\o/ {x}"}, {"from", "+12025550101"}},
                     {}}});
        store::RowSet turns({ours.organization, clock.now()});
        turns.add(
            {conversation, 1, 0, "committed", clock.now(), Json{{"events", Json::array()}},
             Json{{"draft", "The cockatoo"}, {"reviews", {{{"verdict", "approve"}, {"why", "cockatoo"}}}}}});
        tx.queue(sql::turn::begin_turns, turns.params());
        store::RowSet steps({ours.organization});
        steps.add({conversation, 1, 1, "csr", "h", Json{{"say", {"cockatoo"}}}, 5, clock.now(), clock.now()});
        tx.queue(sql::turn::keep_steps, steps.params());
        store::RowSet talks({ours.organization, clock.now()});
        talks.add({conversation, "opening", "open", "", "en", "", "sms",
                   Json{{"pet", "cockatoo"}, {"age", 41417}, {"kin", {"zanzibar"}}},
                   Json{{"variant", "b"}, {"said", "cockatoo"}}, 0, 1});
        tx.queue(sql::turn::update_conversations, talks.params());
        tx.commit();
    }
    void runImports() {
        campaign::Importing importing(database, clock);
        while (importing.runOnce() > 0) {
        }
    }
    const std::vector<std::string> words{"zanzibar",  "quixote", "marmalade", "lamplighter",
                                         "sandstone", "41417",   "cockatoo"};
};

TEST_F(Sealing, NoTableShowsItAndWhoeverMaySeesIt) {
    auto beginning = database.beginShared();
    const auto since = feed::now(beginning);
    beginning.commit();
    seal(ours.organization);
    say();
    EXPECT_THAT(tablesThatShow(words), IsEmpty());
    runImports();
    EXPECT_THAT(tablesThatShow(words), IsEmpty()) << "nor what was read later";

    const auto found = get("/v1/leads?who=%2B16025550143").body["items"];
    ASSERT_EQ(found.size(), 1U) << "found by what they are known by";
    EXPECT_EQ(found[0]["first_name"], "Zanzibar");
    EXPECT_EQ(found[0]["last_name"], "Quixote");
    EXPECT_EQ(found[0]["company"], "Marmalade Ltd");
    EXPECT_EQ(found[0]["custom"], (Json{{"roof", "sandstone"}, {"age", "41417"}}));
    EXPECT_EQ(get("/v1/leads?who=%2B16025550144").body["items"][0]["title"], "Lamplighter");
    EXPECT_EQ(get("/v1/leads/" + ours.ids["lead"]).body["custom"]["pet"], "cockatoo");
    const auto talk = get(one()).body;
    EXPECT_EQ(talk["facts"], (Json{{"pet", "cockatoo"}, {"age", 41417}, {"kin", {"zanzibar"}}}));
    EXPECT_THAT(get(one("/messages?limit=200")).body.dump(), HasSubstr("They keep a cockatoo"));
    const auto again = post("/v1/leads/" + ours.ids["lead"] + "/change",
                            {{"instructions", "Mind the cockatoo"}, {"custom", {{"pet", "cockatoo"}}}},
                            {{"idempotency-key", "change"}});
    EXPECT_EQ(again.headers.at("Idempotency-Replayed"), "true");
    EXPECT_EQ(again.body["custom"]["instructions"], "Mind the cockatoo");

    const auto history = service::conversationHistory(
        database, {ours.organization, *ConversationId::parse(ours.ids["conversation"])});
    EXPECT_EQ(history["turns"][0]["outcome"]["draft"], "The cockatoo") << history.dump();
    EXPECT_EQ(text("select payload ->> 'text' as x from events where dedupe_key = 'm1'"),
              "My cockatoo says \"hi\", \\o/ {x}");
    EXPECT_EQ(text("select memory ->> 'variant' as x from conversations where conversation_id = '" +
                   ours.ids["conversation"] + "'"),
              "b")
        << "what statements look into";
    auto shared = database.beginShared();
    const auto page = feed::read(shared, {ours.organization}, since, 100);
    ASSERT_TRUE(page);
    std::string told;
    for (const auto& notice : page->notices) told += notice.data.dump();
    EXPECT_THAT(told, HasSubstr("They keep a cockatoo"));
    EXPECT_THAT(told, Not(HasSubstr("sealed:1:")));
    shared.commit();
    const auto search = get("/v1/leads?name=zan");
    EXPECT_EQ(search.status, 409);
    EXPECT_EQ(search.body["code"], "sealed");
    EXPECT_EQ(text("select count(*) as x from lead_words where word <> 'ann'"), "0");
    EXPECT_EQ(post("/v1/campaigns/" + ours.ids["campaign"] + "/import",
                   {{"csv", "Mobile,Roof\n+1 602-555-0143,slate\n"}})
                  .body["merged"],
              1);
    EXPECT_EQ(get("/v1/leads?who=%2B16025550143").body["items"][0]["first_name"], "Zanzibar")
        << "merged, not lost";
}

TEST_F(Sealing, WhatWasThereIsSealedAndOpenedAgain) {
    say();
    runImports();
    EXPECT_THAT(tablesThatShow({"cockatoo"}), Not(IsEmpty()));
    const auto before = get(one()).body;
    seal(ours.organization);
    EXPECT_EQ(get(one()).body["facts"], before["facts"]) << "what is not sealed yet is read as it is";
    const auto done = tenant::sealRows(database, keys, ours.organization, true);
    EXPECT_GT(done.changed, 8);
    EXPECT_THAT(done.shut, IsEmpty());
    EXPECT_THAT(tablesThatShow(words), IsEmpty());
    EXPECT_EQ(tenant::sealRows(database, keys, ours.organization, true).changed, 0) << "said again, nothing";
    EXPECT_EQ(get(one()).body["facts"], before["facts"]);
    EXPECT_EQ(call("GET", "/v1/leads", theirs.tokens[Role::admin]).body["items"][0]["first_name"], "Ann");
    EXPECT_THAT(tablesThatShow({"who is this?"}), Not(IsEmpty()))
        << "another organization's are as they were";

    seal(ours.organization, false);
    tenant::sealRows(database, keys, ours.organization, false);
    EXPECT_THAT(tablesThatShow({"sealed:1:"}), IsEmpty());
    EXPECT_EQ(get(one()).body["facts"], before["facts"]);
    EXPECT_EQ(get("/v1/leads?name=zan").body["items"].size(), 2U) << "found again";
}

TEST_F(Sealing, ANewKeySealsItAgainAndTheOldOneOpensNothing) {
    seal(ours.organization);
    say();
    const auto old = readFile(folder.path + "/secret.key");
    keys.addKey();
    EXPECT_EQ(get(one()).body["facts"]["pet"], "cockatoo") << "an engine with the old one in hand";
    const auto done = tenant::reseal(database, keys);
    EXPECT_GT(done.count.at("row of people's words"), 5);
    keys.forgetOldKeys();
    EXPECT_EQ(get(one()).body["facts"]["pet"], "cockatoo");
    EXPECT_EQ(get("/v1/leads?who=%2B16025550143").body["items"][0]["first_name"], "Zanzibar");
    Folder elsewhere;
    writeFile(elsewhere.path + "/secret.key", old);
    keepBy(elsewhere.path);
    EXPECT_EQ(get(one()).status, 500) << "an engine that has only the old one makes nothing up";
}

TEST_F(Sealing, APersonIsShownAllOfItAndErasedFromAllOfIt) {
    seal(ours.organization);
    say();
    auto tx = database.begin(ours.organization);
    store::RowSet webhooks({ours.organization});
    for (const auto* body : {"From=%2B16025550143&Body=cockatoo", "From=%2B16025559999&Body=other"})
        webhooks.add({WebhookId(uuid7(clock.now(), body)), BindingId(*Uuid::parse(ours.ids["binding"])),
                      clock.now(), "POST", "/hooks/1", Json{{"x", "y"}}, store::Param::bytes(body),
                      "accepted", ""});
    tx.queue(sql::service::insert_webhooks, webhooks.params());
    store::RowSet notes({ours.organization, ours.ids["campaign"]});
    notes.add({7, "merged", "the same phone number as +16025550143", nullptr});
    tx.queue(sql::campaign::insert_import_rows, notes.params());
    tx.commit();
    EXPECT_THAT(tablesThatShow({"body=cockatoo", "body=other"}), IsEmpty());

    auto asking = database.begin(ours.organization);
    const auto person = compliance::findPerson(asking, ours.organization, {"+16025550143", "", ""});
    const auto all = compliance::exportPerson(asking, ours.organization, person, clock.now());
    EXPECT_EQ(all["leads"][0]["first_name"], "Zanzibar") << all.dump();
    ASSERT_EQ(all["webhooks"].size(), 1U);
    EXPECT_THAT(all["webhooks"][0].dump(), HasSubstr("Body=cockatoo"));
    EXPECT_THAT(all.dump(), Not(HasSubstr("sealed:1:")));
    const auto done = compliance::erasePeople(asking, ours.organization, {person}, true, clock.now());
    asking.commit();
    EXPECT_EQ(done["leads"], 1);
    EXPECT_EQ(done["webhooks"], 1) << done;
    EXPECT_EQ(done["import_rows"], 1) << done;
    EXPECT_EQ(text("select string_agg(reason, '') as x from import_rows"), "erased");
    EXPECT_EQ(text("select count(*) as x from webhooks where note = 'erased' and body = ''"), "1");
    EXPECT_EQ(text("select count(*) as x from webhooks where body <> ''"), "1") << "another's stays";
}

TEST_F(Sealing, AnothersSealedTextIsOnlyAText) {
    seal(ours.organization);
    say();
    auto owner = database.beginOwner();
    const auto stolen =
        owner.run({"test/stolen", "select first_name as x from leads where phone = '+16025550143'"})[0].text(
            "x");
    owner.commit();
    ASSERT_THAT(stolen, HasSubstr("sealed:1:"));
    for (const auto& text : {stolen, std::string("sealed:1:"), std::string("sealed:1:00000000:AAAA"),
                             "sealed:1:00000000:" + toBase64(std::string(60, 'x')), stolen + "A"}) {
        const auto lead = "/v1/leads/" + theirs.ids["lead"];
        const auto& key = theirs.tokens[Role::admin];
        EXPECT_EQ(call("POST", lead + "/change", key, Json{{"custom", {{"x", text}}}}.dump()).status, 200);
        EXPECT_EQ(call("GET", lead, key).body["custom"]["x"], text) << "not opened, and nothing breaks";
    }
    const auto mine = "/v1/leads/" + ours.ids["lead"];
    EXPECT_EQ(
        post(mine + "/change", {{"custom", {{"x", "sealed:1:00000000:" + toBase64(std::string(60, 'x'))}}}})
            .status,
        200);
    EXPECT_EQ(get(mine).status, 200) << "sealed as any text is";
}

/// Whoever writes such a column names it.
TEST(SealedColumns, EveryStatementThatWritesOneSaysSo) {
    const std::map<std::string, std::set<std::string>> columns{
        {"leads", {"first_name", "last_name", "company", "title", "custom", "evidence"}},
        {"conversations", {"facts", "memory"}},
        {"messages", {"text", "details"}},
        {"call_lines", {"text", "words"}},
        {"deliveries", {"text", "parts"}},
        {"events", {"payload"}},
        {"turns", {"opened", "outcome"}},
        {"steps", {"result"}},
        {"shadow_turns", {"decision"}},
        {"webhooks", {"url", "headers", "body"}},
        {"meetings", {"title"}},
        {"suppressions", {"proof"}},
        {"consents", {"proof"}},
        {"imports", {"name", "csv", "report"}},
        {"import_rows", {"reason"}},
        {"api_answers", {"answer"}}};
    // What these write is nobody's words: nothing, a mark, or times.
    const std::set<std::string> other{"campaign/mark_unsent messages.details",
                                      "api/insert_note messages.details",
                                      "api/forget_booking conversations.memory",
                                      "api/begin_answer api_answers.answer",
                                      "api/move_booking conversations.memory",
                                      "campaign/cancel_import imports.csv",
                                      "campaign/end_import imports.csv",
                                      "campaign/keep_import imports.csv",
                                      "compliance/erase_import_reports imports.report"};
    int seen = 0;
    for (const auto& file :
         std::filesystem::recursive_directory_iterator(OVERTURE_SOURCE_DIR "/schema/queries")) {
        if (file.path().extension() != ".sql") continue;
        const auto sql = readFile(file.path().string());
        const auto name = file.path().parent_path().filename().string() + "/" + file.path().stem().string();
        std::set<std::string> named;
        for (const auto& one : tenant::sealedParametersOf({name.c_str(), sql.c_str()}))
            named.insert(one.column);
        const auto check = [&](const std::string& table, const std::string& column) {
            if (!columns.contains(table) || !columns.at(table).contains(column)) return;
            const auto both = table + "." + column;
            if (other.contains(name + " " + both)) return;
            ++seen;
            EXPECT_TRUE(named.contains(both)) << name << " writes " << both << " and does not say so";
        };
        static const std::regex insert(R"(insert into (\w+)\s*\(([^)]*)\))"),
            update(R"(update (\w+)(?: \w+)?\s+set ([\s\S]*?)(?:\bfrom\b|\bwhere\b|$))");
        for (std::sregex_iterator at(sql.begin(), sql.end(), insert), end; at != end; ++at)
            for (const auto& column : split((*at)[2].str(), ',')) check((*at)[1], std::string(trim(column)));
        for (std::sregex_iterator at(sql.begin(), sql.end(), update), end; at != end; ++at) {
            static const std::regex set(R"((\w+) = ([^,]*))");
            const auto sets = (*at)[2].str();
            for (std::sregex_iterator part(sets.begin(), sets.end(), set); part != end; ++part)
                if (!(*part)[2].str().starts_with("'")) check((*at)[1], (*part)[1]);
        }
    }
    EXPECT_GT(seen, 20);
}

}  // namespace
}  // namespace overture::api
