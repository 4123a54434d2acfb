// Law of the data: an organization's rows exist for nobody else, and every key can be spread by organization.
#include <map>

#include "pg/fixture.hpp"

namespace overture::store {
namespace {

using overture::testing::addOrganization;
using overture::testing::Postgres;

// Two tables belong to the installation and not to anybody: the engine may not touch them but through functions.
const Query kTables{
    "test/tables",
    "select c.relname as name, c.relrowsecurity as guarded, "
    "  (select a.attname from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = "
    "i.indkey[0] "
    "   where i.indrelid = c.oid and i.indisprimary) as first_key, "
    "  (select count(*) from pg_policy p where p.polrelid = c.oid) as policies, "
    "  has_table_privilege('overture_engine', c.oid, 'truncate') as may_truncate "
    "from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') "
    "and c.relname not in ('schema_migrations', 'feed_kept') order by 1"};

// Constraints and unique indexes in which organization_id is missing, or joined to something else.
const Query kLoose{
    "test/loose",
    "select con.conname::text as name from pg_constraint con "
    "join pg_attribute a on a.attrelid = con.conrelid and a.attname = 'organization_id' "
    "where con.connamespace = 'public'::regnamespace and con.contype in ('f', 'u', 'p', 'x') "
    "and (not a.attnum = any (con.conkey) or (con.contype = 'f' and not exists ("
    "  select 1 from pg_attribute r where r.attrelid = con.confrelid and r.attname = 'organization_id' "
    "  and array_position(con.confkey, r.attnum) = array_position(con.conkey, a.attnum)))) "
    "union all "
    "select i.indexrelid::regclass::text from pg_index i "
    "join pg_class c on c.oid = i.indrelid and c.relnamespace = 'public'::regnamespace "
    "join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id' "
    "where i.indisunique and not a.attnum = any (i.indkey::int2[])"};

const Query kColumns{"test/columns",
                     "select attname::text as name, format_type(atttypid, null) as type from pg_attribute "
                     "where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = "
                     "'' order by attnum"};

const std::map<std::string, std::string> kSample{{"uuid", "gen_random_uuid()"},
                                                 {"text", "'x'"},
                                                 {"timestamp with time zone", "'2026-03-03Z'"},
                                                 {"jsonb", "'{}'"},
                                                 {"integer", "1"},
                                                 {"bigint", "1"},
                                                 {"xid8", "'1'"},
                                                 {"pg_snapshot", "'1:1:'"},
                                                 {"uuid[]", "'{}'"},
                                                 {"integer[]", "'{}'"},
                                                 {"bytea", "'\\x00'"},
                                                 {"text[]", "'{}'"},
                                                 {"tstzrange", "'empty'"},
                                                 {"boolean", "true"},
                                                 {"date", "'2026-03-03'"},
                                                 {"double precision", "1"},
                                                 {"numeric", "1"},
                                                 {"smallint", "1"},
                                                 {"smallint[]", "'{1}'"},
                                                 {"real[]", "'{1}'"}};

struct Tenancy : ::testing::Test {
    std::unique_ptr<Database> database = Postgres::shared().freshPool();
    OrganizationId mine = OrganizationId(uuid7(overture::testing::tuesday(), "mine"));
    OrganizationId theirs = OrganizationId(uuid7(overture::testing::tuesday(), "theirs"));

    std::vector<std::string> tables() {
        std::vector<std::string> names;
        for (const auto row : database->beginOwner().run(kTables)) names.push_back(row.text("name"));
        return names;
    }

    /// "insert into t values (…)" with a made-up value for every column.
    std::string insertion(Transaction& tx, const std::string& table, const OrganizationId& organization) {
        std::string columns, values;
        for (const auto column : tx.run(kColumns, {table})) {
            const auto name = column.text("name");
            const auto sample = kSample.find(column.text("type"));
            EXPECT_NE(sample, kSample.end()) << "teach this test a value of type " << column.text("type");
            columns += (columns.empty() ? "" : ", ") + name;
            values += (values.empty() ? "" : ", ") +
                      (name == "organization_id" ? "'" + organization.text() + "'" : sample->second);
        }
        return "insert into " + table + " (" + columns + ") values (" + values + ")";
    }

    /// One row for each organization in every table, past foreign keys and checks.
    void fill() {
        const auto names = tables();
        auto tx = database->beginOwner();
        tx.script(
            "do $$ declare c record; begin for c in select conrelid::regclass as t, conname from "
            "pg_constraint "
            "where connamespace = 'public'::regnamespace and contype = 'c' loop "
            "execute format('alter table %s drop constraint %I', c.t, c.conname); end loop; end $$; "
            "set local session_replication_role = 'replica'",
            "test");
        for (const auto& table : names)
            for (const auto& organization : {mine, theirs})
                tx.script(insertion(tx, table, organization), table);
        tx.commit();
    }

    /// Rows changed, or the SQLSTATE of the refusal.
    std::string outcome(const std::string& sql) {
        auto tx = database->begin(mine);
        try {
            return std::to_string(tx.run({"test/try", sql.c_str()}).affected());
        } catch (const DatabaseError& error) {
            return error.sqlState();
        }
    }
};

TEST_F(Tenancy, EveryTableIsGuardedAndKeyedByOrganization) {
    auto tx = database->beginOwner();
    const auto rows = tx.run(kTables);
    EXPECT_GE(rows.size(), 22U);
    for (const auto row : rows) {
        SCOPED_TRACE(row.text("name"));
        EXPECT_EQ(row.text("first_key"), "organization_id");
        EXPECT_TRUE(row.boolean("guarded"));
        EXPECT_GE(row.integer("policies"), 1);
        EXPECT_FALSE(row.boolean("may_truncate"));
    }
    for (const auto row : tx.run(kLoose)) ADD_FAILURE() << row.text("name") << " lacks organization_id";
}

/// What runs with the owner's rights must not meet a table that its caller has put before the real one.
TEST_F(Tenancy, FunctionsOfTheOwnerLookIntoTheSchemaBeforeTemporaryTables) {
    const store::Query loose{"test/definers", R"sql(
select p.proname as name from pg_proc p
where p.prosecdef and p.pronamespace = 'public'::regnamespace
  and coalesce('search_path=public, pg_temp' <> all (p.proconfig), true))sql"};
    auto tx = database->beginOwner();
    for (const auto row : tx.run(loose)) ADD_FAILURE() << row.text("name") << " sets no search_path";
    tx.script("alter function know_rows set search_path = public", "test");
    EXPECT_EQ(tx.run(loose).size(), 1U) << "the check can fail";
}

TEST_F(Tenancy, WhatBelongsToNobodyIsNotForTheEngineToTouch) {
    auto tx = database->beginOwner();
    for (const auto* table : {"feed_kept"})
        for (const auto* right : {"select", "insert", "update", "delete"})
            EXPECT_FALSE(tx.run({"test/right", "select has_table_privilege('overture_engine', $1, $2) as x"},
                                {table, right})[0]
                             .boolean("x"))
                << table << " " << right;
}

TEST_F(Tenancy, TheCheckOfKeysCanFail) {
    auto tx = database->beginOwner();
    tx.script(
        "create unique index leads_bad on leads (email); alter table steps add constraint steps_bad unique "
        "(kind)",
        "test");
    EXPECT_EQ(tx.run(kLoose).size(), 3U);
}

TEST_F(Tenancy, AnotherOrganizationsRowsCannotBeReadOrChangedInAnyTable) {
    fill();
    const auto other = " where organization_id = '" + theirs.text() + "'";
    for (const auto& table : tables()) {
        SCOPED_TRACE(table);
        const auto count = "select count(*) as n from " + table;
        EXPECT_EQ(database->run(mine, {"test/count", count.c_str()})[0].integer("n"), 1);
        EXPECT_EQ(database->run(mine, {"test/count", (count + other).c_str()})[0].integer("n"), 0);
        EXPECT_EQ(database->beginShared().run({"test/count", count.c_str()})[0].integer("n"), 0);

        auto owner = database->beginOwner();
        const auto foreign = insertion(owner, table, theirs);
        EXPECT_EQ(outcome(foreign), "42501");
        EXPECT_EQ(outcome("update " + table + " set organization_id = '" + theirs.text() + "'"), "42501");
        const auto taken =
            outcome("update " + table + " set organization_id = '" + mine.text() + "'" + other);
        EXPECT_TRUE(taken == "0" || taken == "42501") << taken;
        const auto removed = outcome("delete from " + table + other);
        EXPECT_TRUE(removed == "0" || removed == "42501") << removed;
        EXPECT_EQ(owner.run({"test/count", (count + other).c_str()})[0].integer("n"), 1);
    }
}

TEST_F(Tenancy, APermitIsNeverChanged) {
    fill();
    EXPECT_EQ(outcome("update permits set hash = 'other'"), "42501");
    EXPECT_EQ(outcome("delete from permits"), "42501");
}

TEST_F(Tenancy, TheAuditOnlyGrows) {
    fill();
    EXPECT_EQ(outcome("update audit set organization_id = organization_id"), "42501");
    EXPECT_EQ(outcome("delete from audit"), "42501");
    EXPECT_EQ(outcome("truncate audit"), "42501");
}

TEST_F(Tenancy, TheEngineCannotLeaveItsOrganizationOrItsRole) {
    addOrganization(*database, "Sunrise");
    auto tx = database->begin(mine);
    EXPECT_EQ(tx.run({"test/role", "select current_user::text as who"})[0].text("who"), "overture_engine");
    EXPECT_THROW(tx.run({"test/ddl", "create table mischief (id integer)"}), DatabaseError);
    auto shared = database->beginShared();
    EXPECT_EQ(shared.run({"test/count", "select count(*) as n from organizations"})[0].integer("n"), 0);
    EXPECT_TRUE(shared.run({"test/next", "select mailbox as at from next_due()"})[0].isNull("at"));
}

}  // namespace
}  // namespace overture::store
