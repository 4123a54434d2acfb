// Do-not-call lists in the database: replaced as a whole while others look up.
#include "compliance/registries.hpp"

#include <atomic>
#include <thread>

#include "compliance/records.hpp"
#include "pg/fixture.hpp"
#include "queries/compliance.hpp"
#include "tenant/tenants.hpp"

namespace overture::testing {
namespace {

using namespace compliance;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Registers : public ::testing::Test {
protected:
    Registers() : database(Postgres::shared().freshPool()), organization(addOrganization(*database)) {}

    bool replace(const std::vector<std::uint64_t>& numbers, Instant asOf = tuesday() - days(2),
                 const std::string& name = "gb-tps", std::optional<int> maxAge = {}) {
        auto tx = database->begin(organization);
        Registry registry{name, "GB", asOf, tuesday(), 0, maxAge, {{"files", {"a.txt"}}}};
        const bool done = replaceRegistry(tx, organization, registry, numbers);
        if (done) tx.commit();
        return done;
    }
    std::vector<RegistryState> ask(const std::string& address, const OrganizationId& who,
                                   Instant at = tuesday()) {
        ContactRequest request;
        request.channel = address[0] == '+' ? "voice" : "email";
        request.address = address;
        request.at = at;
        auto tx = database->begin(who);
        const RecordsOfContacts records(who, {&request});
        records.fill(tx.runAll({records.statement()}).front());
        return request.registries;
    }
    bool listed(const std::string& phone) { return ask(phone, organization).at(0).listed; }
    std::int64_t blocks() {
        auto tx = database->beginOwner();
        return tx.run({"test/blocks", "select count(*) as n from registry_blocks"})[0].integer("n");
    }

    std::unique_ptr<store::Database> database;
    OrganizationId organization;
};

TEST_F(Registers, ANumberOnTheListIsFoundWithTheListsNameAndAge) {
    EXPECT_THAT(ask("+442079460123", organization), IsEmpty());
    ASSERT_TRUE(
        replace({442079460122, 442079460123, 447911123456}, tuesday() - days(2) - hours(3), "gb-tps", 7));
    const auto states = ask("+442079460123", organization);
    ASSERT_THAT(states, SizeIs(1));
    EXPECT_EQ(states[0].name, "gb-tps");
    EXPECT_EQ(states[0].country, "GB");
    EXPECT_EQ(states[0].date, "2026-03-01");
    EXPECT_EQ(states[0].ageDays, 2);
    EXPECT_EQ(states[0].maxAgeDays, 7);
    EXPECT_TRUE(states[0].listed);
    EXPECT_FALSE(listed("+442079460124"));
    EXPECT_TRUE(listed("+447911123456"));
    EXPECT_EQ(ask("+442079460123", organization, tuesday() - days(9))[0].ageDays, -7);
    EXPECT_THAT(ask("somebody@example.com", organization), IsEmpty());
}

TEST_F(Registers, EveryNumberOfABlockIsItself) {
    std::vector<std::uint64_t> numbers;
    const std::uint64_t first = (442079460123 >> 16) << 16;
    for (const std::uint64_t add : {0, 1, 32767, 32768, 65535, 65536}) numbers.push_back(first + add);
    ASSERT_TRUE(replace(numbers));
    for (const auto number : numbers) EXPECT_TRUE(listed("+" + std::to_string(number))) << number;
    for (const std::uint64_t add : {2, 32766, 32769, 65534, 65537})
        EXPECT_FALSE(listed("+" + std::to_string(first + add))) << add;
    EXPECT_FALSE(listed("+" + std::to_string(first - 1)));
}

TEST_F(Registers, ANewListTakesTheWholePlaceOfTheOld) {
    ASSERT_TRUE(replace({442079460123, 447911123456}));
    ASSERT_TRUE(replace({442079460124}, tuesday() - days(1)));
    EXPECT_FALSE(listed("+442079460123"));
    EXPECT_TRUE(listed("+442079460124"));
    EXPECT_EQ(blocks(), 1) << "the old list's rows are gone";
    auto tx = database->begin(organization);
    ASSERT_THAT(registries(tx, organization), SizeIs(1));
    EXPECT_EQ(registries(tx, organization)[0].entries, 1);
}

TEST_F(Registers, AnOlderListDoesNotReplaceALaterOne) {
    ASSERT_TRUE(replace({442079460123}));
    EXPECT_FALSE(replace({442079460124}, tuesday() - days(3)));
    EXPECT_TRUE(listed("+442079460123"));
    EXPECT_FALSE(listed("+442079460124"));
    EXPECT_EQ(blocks(), 1);
}

TEST_F(Registers, AnImportThatDoesNotFinishChangesNothing) {
    ASSERT_TRUE(replace({442079460123}));
    {
        auto tx = database->begin(organization);
        ASSERT_TRUE(
            replaceRegistry(tx, organization, {"gb-tps", "GB", tuesday(), tuesday()}, {442079460124}));
    }
    EXPECT_TRUE(listed("+442079460123"));
    EXPECT_FALSE(listed("+442079460124"));
}

TEST_F(Registers, LookUpsSeeTheOldListOrTheNewOneAndNeverHalf) {
    // Both numbers are on the list or neither is, and the date tells which list it was.
    const std::vector<std::uint64_t> both{442079460123, 447911123456};
    std::vector<std::uint64_t> neither;
    for (std::uint64_t i = 0; i < 3000; ++i) neither.push_back(441000000000 + i * 65536);
    ASSERT_TRUE(replace(both, tuesday() - days(300)));
    std::atomic<bool> done = false;
    std::atomic<int> asked = 0, torn = 0, seenBoth = 0, seenNeither = 0;
    std::vector<std::thread> readers;
    for (int t = 0; t < 3; ++t)
        readers.emplace_back([&] {
            while (!done) {
                ContactRequest one, two;
                for (auto* request : {&one, &two}) request->channel = "voice", request->at = tuesday();
                one.address = "+442079460123";
                two.address = "+447911123456";
                auto tx = database->begin(organization);
                const RecordsOfContacts records(organization, {&one, &two});
                records.fill(tx.runAll({records.statement()}).front());
                ++asked;
                const auto &a = one.registries.at(0), &b = two.registries.at(0);
                const bool even = *a.ageDays % 2 == 0;
                if (a.listed != b.listed || a.ageDays != b.ageDays || a.listed != even) ++torn;
                ++(a.listed ? seenBoth : seenNeither);
            }
        });
    for (int age = 299; age > 280; --age)
        EXPECT_TRUE(replace(age % 2 == 0 ? both : neither, tuesday() - days(age)));
    while (asked < 200) std::this_thread::yield();
    done = true;
    for (auto& reader : readers) reader.join();
    EXPECT_EQ(torn, 0) << "of " << asked;
    EXPECT_GT(seenBoth, 0);
    EXPECT_GT(seenNeither, 0);
}

TEST_F(Registers, OneOrganizationsListIsNoneOfAnothers) {
    const auto other = addOrganization(*database, "Moonrise");
    ASSERT_TRUE(replace({442079460123}));
    EXPECT_THAT(ask("+442079460123", other), IsEmpty());
    auto tx = database->begin(other);
    EXPECT_FALSE(removeRegistry(tx, other, "gb-tps"));
    tx.commit();
    EXPECT_TRUE(listed("+442079460123"));
}

TEST_F(Registers, ARemovedListIsGone) {
    ASSERT_TRUE(replace({442079460123}));
    auto tx = database->begin(organization);
    EXPECT_TRUE(removeRegistry(tx, organization, "gb-tps"));
    EXPECT_FALSE(removeRegistry(tx, organization, "gb-tps"));
    tx.commit();
    EXPECT_THAT(ask("+442079460123", organization), IsEmpty());
    EXPECT_EQ(blocks(), 0);
}

/// Row-level security lets only some functions near an index, and a plan made before the address is known shows which.
TEST_F(Registers, ALookUpReadsOneBlockHoweverManyThereAre) {
    std::vector<std::uint64_t> numbers;
    for (std::uint64_t i = 0; i < 20'000; ++i) numbers.push_back(441000000000 + i * 65536);
    ASSERT_TRUE(replace(numbers));
    auto tx = database->begin(organization);
    tx.script("set local plan_cache_mode = force_generic_plan", "test");
    tx.script(std::string("prepare looked_up as ") + sql::compliance::records_of_addresses.sql, "test");
    const auto explain =
        "explain execute looked_up('" + organization.text() +
        "', '2026-03-03Z', '{+442079460123}', '{+442079460123}', '{voice}', '{marketing}', '{0}')";
    std::string plan;
    const auto rows = tx.run({"test/explain", explain.c_str()});
    for (const auto row : rows) plan += row.text("QUERY PLAN") + "\n";
    EXPECT_EQ(plan.find("Seq Scan on registry_blocks"), std::string::npos) << plan;
    const auto at = plan.find("using registry_blocks_pkey");
    ASSERT_NE(at, std::string::npos) << plan;
    EXPECT_NE(plan.find("(block = ", at), std::string::npos) << plan;
}

TEST_F(Registers, WhatAPluginAnsweredIsKeptWithItsDateAndItsLastWordStands) {
    const BindingId binding(uuid7(tuesday()));
    auto tx = database->begin(organization);
    tenant::saveBinding(tx, organization, {binding, "registry gb-tps", "numbers", Json::object(), {}},
                        nullptr, tuesday());
    saveRegistrySource(tx, organization, {"gb-tps", "GB", binding, 28}, tuesday());
    tx.commit();
    const std::string phone = "+442079460123";
    const auto one = [&] { return ask(phone, organization).at(0); };
    EXPECT_TRUE(one().asked);
    EXPECT_FALSE(one().ageDays) << "it has not answered";
    EXPECT_EQ(one().maxAgeDays, 28);
    const auto answered = [&](bool listed, Instant asOf) {
        auto saving = database->begin(organization);
        saveRegistryAnswer(saving, organization, "gb-tps", phone, listed, asOf, tuesday());
        saving.commit();
    };
    answered(true, tuesday() - days(3));
    EXPECT_TRUE(one().listed);
    EXPECT_EQ(one().ageDays, 3);
    answered(false, tuesday() - days(4));
    EXPECT_TRUE(one().listed) << "an earlier word changes nothing";
    answered(false, tuesday());
    EXPECT_FALSE(one().listed);
    EXPECT_FALSE(ask("+442079460124", organization).at(0).ageDays) << "another number's answer is none";
    EXPECT_THAT(ask("somebody@example.com", organization), IsEmpty());
    ASSERT_TRUE(replace({442079460123}));
    const auto both = ask(phone, organization);
    ASSERT_THAT(both, SizeIs(2));
    EXPECT_TRUE(both[0].listed) << "the copy";
    EXPECT_TRUE(both[1].asked);
    const auto other = addOrganization(*database, "Moonrise");
    EXPECT_THAT(ask(phone, other), IsEmpty());
    auto again = database->begin(organization);
    EXPECT_EQ(registryBinding(again, organization, "gb-tps"), binding);
    saveRegistrySource(again, organization, {"gb-tps", "GB", binding, 28}, tuesday());
    again.commit();
    EXPECT_FALSE(ask(phone, organization).at(1).ageDays) << "other settings, and what was said is forgotten";
    auto end = database->begin(organization);
    EXPECT_TRUE(removeRegistrySource(end, organization, "gb-tps"));
    EXPECT_FALSE(removeRegistrySource(end, organization, "gb-tps"));
    EXPECT_EQ(registryBinding(end, organization, "gb-tps"), std::nullopt);
    EXPECT_THAT(registrySources(end, organization), IsEmpty());
}

}  // namespace
}  // namespace overture::testing
