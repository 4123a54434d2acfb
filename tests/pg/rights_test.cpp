// Export, erasure and retention of people, on rows as the engine leaves them.
#include "compliance/person.hpp"
#include "compliance/retention.hpp"

#include "pg/turn_world.hpp"

namespace overture::testing {
namespace {

using namespace compliance;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kPhone = "+16025550142";
constexpr const char* kEmail = "Ann.Marlow@Example.com";

class Rights : public TurnWorld {
protected:
    Rights() { fill(); }

    /// A call of a conversation, in which the person said this.
    void call(const ConversationId& talk, const std::string& text) {
        const auto own = "'" + organization.text() + "', '" + talk.text() + "'";
        owner(
            "insert into calls (organization_id, call_id, conversation_id, binding_id, direction, state, "
            "started_at) values ('" +
            organization.text() + "', '" + talk.text() + "', '" + talk.text() + "', '" + talk.text() +
            "', 'inbound', 'ended', '" + toRfc3339(clock.now()) + "')");
        owner(
            "insert into call_lines (organization_id, call_id, number, who, text, from_ms, to_ms) values (" +
            own + ", 1, 'lead', '" + text + "', 0, 900)");
        owner(
            "insert into recordings (organization_id, call_id, part, binding_id, key, state, began_at) "
            "values (" +
            own + ", 1, '" + talk.text() + "', 'calls/" + talk.text() + ".wav', 'stored', '" +
            toRfc3339(clock.now()) + "')");
    }
    void owner(const std::string& sql) {
        owned.push_back("test/" + std::to_string(owned.size()));
        texts.push_back(sql);
        auto tx = database->beginOwner();
        tx.run({owned.back().c_str(), texts.back().c_str()});
        tx.commit();
    }

    /// Ann, about whom there is something in every table, and Ben, about whom nothing may change.
    void fill() {
        for (const auto& phone : {std::string(kPhone), std::string("+16025550199")}) {
            talks.push_back(addConversation(phone));
            hears(talks.back(), "this is " + phone);
            permit(phone);
            permit(phone);
        }
        const auto talk = talks[0].text(), org = organization.text();
        owner("update leads set email = '" + std::string(kEmail) + "', last_name = 'Marlow' where phone = '" +
              kPhone + "'");
        for (const auto& one : talks) {
            const auto of = " from conversations c where c.conversation_id = '" + one.text() + "'";
            owner(
                "insert into messages (organization_id, conversation_id, number, direction, author, channel, "
                "text, stage, at) "
                "select organization_id, conversation_id, 1, 'in', 'lead', 'sms', 'I am Ann Marlow', "
                "'opening', created_at" +
                of);
            owner(
                "insert into turns (organization_id, conversation_id, turn_number, fence, state, opened_at, "
                "opened, closed_at, "
                "outcome) select organization_id, conversation_id, 1, 1, 'committed', created_at, '{\"who\": "
                "\"Ann Marlow\"}', "
                "created_at, '{\"said\": \"Ann Marlow\"}'" +
                of);
            owner(
                "insert into steps (organization_id, conversation_id, turn_number, step_number, kind, "
                "request_hash, result, "
                "cost_micros, started_at, ended_at) select organization_id, conversation_id, 1, 1, 'csr', "
                "'x', "
                "'{\"reply\": \"Hello Ann Marlow\"}', 700, created_at, created_at" +
                of);
            owner(
                "insert into shadow_turns (organization_id, conversation_id, turn_number, version, state, "
                "asked_at, "
                "decision) select organization_id, conversation_id, 1, version, 'decided', created_at, "
                "'{\"deliveries\": [[\"x\", \"Hello Ann Marlow\"]]}'" +
                of);
            owner(
                "insert into deliveries (organization_id, delivery_id, conversation_id, lead_id, "
                "turn_number, channel, binding_id, "
                "recipient, text, state, due_at, permit_id, takeover_fence, created_at, updated_at) "
                "select c.organization_id, gen_random_uuid(), c.conversation_id, c.lead_id, 1, 'sms', '" +
                binding.text() +
                "', l.phone, 'Hello Ann Marlow', 'delivered', c.created_at, p.permit_id, 0, c.created_at, "
                "c.created_at "
                "from conversations c join leads l using (organization_id, lead_id) join lateral (select "
                "permit_id from permits "
                "where address = l.phone order by sequence limit 1) p on true where c.conversation_id = '" +
                one.text() + "'");
            owner(
                "insert into attempts select organization_id, gen_random_uuid(), l.phone, l.lead_id, 'sms', "
                "gen_random_uuid(), "
                "l.created_at from leads l join conversations c using (organization_id, lead_id) where "
                "c.conversation_id = '" +
                one.text() + "'");
        }
        owner("insert into account_managers values ('" + org + "', '" + binding.text() +
              "', 'Max', 'max@example.com', "
              "'America/Phoenix', 'Mon-Fri 09:00-17:00')");
        owner(
            "insert into meetings (organization_id, meeting_id, manager_id, lead_id, conversation_id, span, "
            "blocked, state, title, "
            "lead_zone, confirmed_at, created_at, updated_at) select organization_id, gen_random_uuid(), '" +
            binding.text() +
            "', lead_id, conversation_id, '[2026-03-05 17:00+00,2026-03-05 17:30+00)', '[2026-03-05 "
            "17:00+00,2026-03-05 17:30+00)', "
            "'booked', 'Talk with Ann Marlow', 'America/Phoenix', created_at, created_at, created_at from "
            "conversations where "
            "conversation_id = '" +
            talk + "'");
        owner("insert into import_rows values ('" + org + "', '" + campaign.text() +
              "', 7, 'rejected', 'the number 602 5550142 "
              "(+16025550142) comes twice', null)");
        for (const auto& [id, number] : {std::pair("1", "%2B16025550142"), std::pair("2", "%2B16025550199")})
            owner("insert into webhooks values ('" + org + "', '00000000-0000-7000-8000-00000000000" + id +
                  "', '" + binding.text() +
                  "', '2026-03-03', 'POST', 'https://texts.example/hooks', '{}', 'From=" + number +
                  "&Body=I+am+Ann+Marlow', 'accepted', '')");
        auto tx = database->begin(organization);
        suppress(tx, organization, {kPhone}, "opted out", {{"text", "Ann says stop"}}, tuesday());
        recordConsent(tx, organization, kEmail, "email", "marketing", ConsentLevel::express, "form", {},
                      tuesday());
        tx.commit();
    }
    void permit(const std::string& phone) {
        ContactRequest contact;
        contact.channel = "sms";
        contact.address = contact.place.phone = phone;
        contact.place.zone = "America/Phoenix";
        contact.at = clock.now();
        contact.consent = ConsentLevel::expressWritten;
        contact.attempts = {clock.now() - hours(40 + permits++)};
        auto tx = database->begin(organization);
        recordPermits(tx, organization, {std::get<Permit>(gate.decide(contact))});
        tx.commit();
    }
    Person person(const PersonKey& key) {
        auto tx = database->begin(organization);
        return findPerson(tx, organization, key);
    }
    Json exported(const PersonKey& key) {
        auto tx = database->begin(organization);
        return exportPerson(tx, organization, findPerson(tx, organization, key), clock.now());
    }
    Json erase(const PersonKey& key, bool shut = true) {
        auto tx = database->begin(organization);
        auto done = erasePeople(tx, organization, {findPerson(tx, organization, key)}, shut, clock.now());
        tx.commit();
        return done;
    }
    ChainState chain() {
        auto tx = database->begin(organization);
        return verifyPermits(tx, organization);
    }
    bool suppressed(const std::string& address, const std::string& channel = "sms") {
        ContactRequest request;
        request.channel = channel;
        request.address = address;
        request.at = clock.now();
        auto tx = database->begin(organization);
        const RecordsOfContacts records(organization, {&request});
        records.fill(tx.runAll({records.statement()}).front());
        return request.suppressed;
    }
    /// Tables any of whose rows hold one of these texts.
    std::vector<std::string> holding(const std::vector<std::string>& needles) {
        std::vector<std::string> found, tables;
        {
            auto tx = database->beginOwner();
            for (const auto row : tx.run({"test/tables",
                                          "select table_name as t from information_schema.tables where "
                                          "table_schema = 'public' and table_type = 'BASE TABLE'"}))
                tables.push_back(row.text("t"));
        }
        for (const auto& table : tables)
            for (const auto& needle : needles) {
                const bool bytes = table == "webhooks";
                if (number("select count(*) as n from " + table + " x where position('" + needle +
                           "' in x::text" + (bytes ? " || encode(x.body, 'escape')" : "") + ") > 0") > 0)
                    found.push_back(table + ": " + needle);
            }
        return found;
    }

    std::vector<ConversationId> talks;
    int permits = 0;
};

TEST_F(Rights, AnExportHasEverythingAboutThePersonAndNothingOfOthers) {
    for (const auto& key : {PersonKey{kPhone, "", ""}, PersonKey{"", "ann.marlow@example.com", ""},
                            PersonKey{"", "", "lead " + std::string(kPhone)}}) {
        const auto document = exported(key);
        for (const auto& [table, rows] : std::map<std::string, std::size_t>{{"leads", 1},
                                                                            {"conversations", 1},
                                                                            {"messages", 1},
                                                                            {"events", 1},
                                                                            {"turns", 1},
                                                                            {"steps", 1},
                                                                            {"deliveries", 1},
                                                                            {"meetings", 1},
                                                                            {"consents", 2},
                                                                            {"suppressions", 1},
                                                                            {"attempts", 1},
                                                                            {"permits", 2},
                                                                            {"webhooks", 1}})
            EXPECT_THAT(document[table], SizeIs(rows)) << table;
        EXPECT_EQ(document["leads"][0]["last_name"], "Marlow");
        EXPECT_EQ(document["conversations"][0]["campaign"], "test");
        EXPECT_THAT(document.dump(), HasSubstr("Ann says stop"));
        EXPECT_THAT(document.dump(), Not(HasSubstr("6025550199")));
    }
}

TEST_F(Rights, ErasureLeavesNothingThatNamesThePerson) {
    const std::vector<std::string> needles{"16025550142", "6025550142", "Ann.Marlow",
                                           "ann.marlow",  "Marlow",     "Ann says"};
    owner("update messages set text = 'hello' where conversation_id = '" + talks[1].text() + "'");
    owner("update turns set opened = '{}', outcome = '{}' where conversation_id = '" + talks[1].text() + "'");
    owner("update steps set result = '{}' where conversation_id = '" + talks[1].text() + "'");
    owner("update deliveries set text = 'hello' where conversation_id = '" + talks[1].text() + "'");
    owner("update webhooks set body = 'From=%2B16025550199' where body like '%0199%'");
    EXPECT_THAT(holding(needles), Not(SizeIs(0)));
    const auto done = erase({kPhone, "", ""});
    EXPECT_EQ(done["leads"], 1);
    EXPECT_EQ(done["permits"], 2);
    EXPECT_EQ(done["webhooks"], 1);
    EXPECT_EQ(done["import_rows"], 1);
    EXPECT_THAT(holding(needles), SizeIs(0)) << ::testing::PrintToString(holding(needles));
    EXPECT_EQ(number("select count(*) as n from permits where permit_id::text like '%' and document ? 'salt' "
                     "and document ? "
                     "'erased'"),
              0)
        << "the hash of an emptied permit must tell no address";
    // Ben is as he was.
    for (const auto* table :
         {"leads", "conversations", "messages", "events", "turns", "steps", "deliveries", "mailboxes"})
        EXPECT_EQ(number(std::string("select count(*) as n from ") + table), 1) << table;
    EXPECT_EQ(number("select count(*) as n from consents"), 1);
    EXPECT_EQ(number("select count(*) as n from webhooks where position('0199'::bytea in body) > 0"), 1);
}

TEST_F(Rights, WhoComesBackIsStillSuppressed) {
    EXPECT_TRUE(suppressed(kPhone));
    EXPECT_FALSE(suppressed("+16025550199"));
    erase({kPhone, "", ""});
    EXPECT_TRUE(suppressed(kPhone));
    EXPECT_FALSE(suppressed("+16025550199"));
    addConversation(kPhone);
    EXPECT_TRUE(suppressed(kPhone));
    EXPECT_TRUE(suppressed(kPhone, "whatsapp"));
    EXPECT_TRUE(suppressed("ANN.MARLOW@example.com", "email"));
}

TEST_F(Rights, WhoWasNotSuppressedIsFromThenOnUnlessTheyMayReturn) {
    erase({"+16025550199", "", ""}, false);
    EXPECT_FALSE(suppressed("+16025550199"));
    addConversation("+16025550199");
    erase({"+16025550199", "", ""}, true);
    EXPECT_TRUE(suppressed("+16025550199"));
}

TEST_F(Rights, TheChainHoldsAndTellsErasureFromTampering) {
    EXPECT_EQ(chain().permits, 4);
    erase({kPhone, "", ""});
    EXPECT_EQ(chain().fault, "");
    EXPECT_EQ(chain().permits, 5);
    EXPECT_EQ(chain().emptied, 2);
    permit("+16025550199");
    EXPECT_EQ(chain().fault, "");
    // Emptied by hand, without an entry that says so.
    owner("update permits set document = document || '{\"erased\": true}' where sequence = 6");
    EXPECT_THAT(chain().fault, HasSubstr("no erasure in the chain says"));
    owner("update permits set document = document - 'erased' where sequence = 6");
    EXPECT_EQ(chain().fault, "");
    // An emptied one, changed afterwards.
    owner("update permits set channel = 'voice' where document ? 'erased' and sequence = 1");
    EXPECT_THAT(chain().fault, HasSubstr("no erasure in the chain says"));
}

TEST_F(Rights, AgainIsNothingToDo) {
    erase({kPhone, "", ""});
    const auto before = chain().permits;
    const auto again = erase({kPhone, "", ""});
    for (const auto& [table, count] : again.items()) EXPECT_EQ(count, 0) << table;
    EXPECT_EQ(chain().permits, before);
    EXPECT_TRUE(suppressed(kPhone));
    EXPECT_THAT(exported({kPhone, "", ""})["permits"], SizeIs(2));
    EXPECT_THAT(exported({kPhone, "", ""})["leads"], SizeIs(0));
}

TEST_F(Rights, NothingIsErasedWhileATurnIsUnderWay) {
    clock.advanceTo(clock.now() + hours(1));
    const auto claims = turn::claimMailboxes(*database, clock.now(), seconds(60), "worker", 10);
    ASSERT_FALSE(claims.empty());
    EXPECT_THROW(erase({kPhone, "", ""}), Error);
    EXPECT_EQ(number("select count(*) as n from leads"), 2);
    EXPECT_EQ(number("select count(*) as n from consents"), 3);
    clock.advanceTo(clock.now() + seconds(61));
    EXPECT_EQ(erase({kPhone, "", ""})["leads"], 1);
}

TEST_F(Rights, WhatWasSaidInCallsGoesWithThePerson) {
    call(talks[0], "My number is 6025550100");
    call(talks[1], "Mine is another one");
    erase({kPhone, "", ""});
    EXPECT_EQ(number("select count(*) as n from calls"), 1);
    EXPECT_EQ(number("select count(*) as n from call_lines"), 1);
    EXPECT_EQ(number("select count(*) as n from call_lines where text = 'Mine is another one'"), 1);
}

TEST_F(Rights, AnAddressThatNoLeadHasIsErasedToo) {
    {
        auto tx = database->begin(organization);
        suppress(tx, organization, {"+16025550177"}, "opted out", {}, tuesday());
        tx.commit();
    }
    EXPECT_EQ(erase({"+16025550177", "", ""})["suppressions"], 1);
    EXPECT_TRUE(suppressed("+16025550177"));
    EXPECT_THAT(holding({"6025550177"}), SizeIs(0));
}

/// A table that speaks of people and that nobody told the erasure of fails here.
TEST_F(Rights, EveryTableWithAPersonInItIsKnown) {
    const std::set<std::string> known{
        "leads",        "conversations", "messages",         "events",           "mailboxes",
        "turns",        "steps",         "deliveries",       "attempts",         "consents",
        "suppressions", "permits",       "meetings",         "slot_offers",      "import_rows",
        "reservations", "users",         "account_managers", "registry_answers", "shadow_turns",
        "lead_words",  // those go with their lead, by a trigger
        "calls"};      // and those with their conversation
    auto tx = database->beginOwner();
    for (const auto row :
         tx.run({"test/columns",
                 "select distinct table_name as t from information_schema.columns where table_schema = "
                 "'public' and "
                 "column_name in ('lead_id', 'conversation_id', 'address', 'phone', 'email', 'recipient')"}))
        EXPECT_TRUE(known.contains(row.text("t"))) << row.text("t") << " is not in erase_people()";
}

TEST_F(Rights, RetentionClearsInSetsWhatIsOlderThanItsDays) {
    auto set = [&](const char* kind, int days) {
        auto tx = database->begin(organization);
        setRetention(tx, organization, kind, days, clock.now());
        tx.commit();
    };
    EXPECT_THROW(set("everything", 3), Error);
    set("webhooks", 30);
    set("journal", 30);
    set("messages", 30);
    auto cleared = applyRetention(*database, organization, clock.now());
    EXPECT_EQ(cleared,
              (std::map<std::string, std::int64_t>{{"webhooks", 0}, {"journal", 0}, {"messages", 0}}));
    owner("update conversations set state = 'closed' where conversation_id = '" + talks[0].text() + "'");
    call(talks[0], "My number is 6025550100");
    call(talks[1], "My number is 6025550177");
    clock.advanceTo(clock.now() + days(31));
    cleared = applyRetention(*database, organization, clock.now());
    EXPECT_EQ(cleared,
              (std::map<std::string, std::int64_t>{{"webhooks", 2}, {"journal", 2}, {"messages", 3}}))
        << "a message, a line of a call and the call's recording";
    EXPECT_EQ(word("select key as w from recordings"), "calls/" + talks[1].text() + ".wav");
    EXPECT_EQ(word("select key as w from objects_to_remove"), "calls/" + talks[0].text() + ".wav");
    EXPECT_EQ(number("select count(*) as n from call_lines where text <> ''"), 1);
    EXPECT_EQ(number("select count(*) as n from messages where text = ''"), 1)
        << "the open conversation keeps its own";
    EXPECT_EQ(number("select sum(cost_micros)::bigint as n from steps where result = '{}'"), 1400);
    cleared = applyRetention(*database, organization, clock.now());
    EXPECT_EQ(cleared["journal"] + cleared["messages"] + cleared["webhooks"], 0);
}

TEST_F(Rights, RetentionOfPeopleErasesThoseAtRestAndSuppressesNobody) {
    {
        auto tx = database->begin(organization);
        setRetention(tx, organization, "people", 30, clock.now());
        tx.commit();
    }
    owner("update conversations set state = 'closed'");
    clock.advanceTo(clock.now() + days(10));
    EXPECT_EQ(applyRetention(*database, organization, clock.now())["people"], 0);
    clock.advanceTo(clock.now() + days(21));
    EXPECT_EQ(applyRetention(*database, organization, clock.now())["people"], 1)
        << "Ann's meeting was 29 days ago";
    EXPECT_FALSE(suppressed("+16025550199"));
    clock.advanceTo(clock.now() + days(3));
    EXPECT_EQ(applyRetention(*database, organization, clock.now())["people"], 1);
    EXPECT_EQ(number("select count(*) as n from leads"), 0);
    EXPECT_TRUE(suppressed(kPhone)) << "she had opted out";
    EXPECT_EQ(chain().fault, "");
    EXPECT_EQ(chain().emptied, 4);
}

}  // namespace
}  // namespace overture::testing
