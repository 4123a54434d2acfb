#include "tenant/tenants.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/text.hpp"
#include "pg/fixture.hpp"
#include "tenant/resealing.hpp"

namespace overture::tenant {
namespace {

using overture::testing::Postgres;
using overture::testing::tuesday;
using ::testing::HasSubstr;

struct Tenant : ::testing::Test {
    std::unique_ptr<store::Database> database = Postgres::shared().freshPool();
    OrganizationId organization{uuid7(tuesday(), "organization")};
    Vault vault{std::string(32, 'k')};

    void SetUp() override {
        auto tx = database->begin(organization);
        createOrganization(tx, organization, "Sunrise Solar", tuesday());
        tx.commit();
    }
    BindingId save(const Binding& binding) {
        auto tx = database->begin(organization);
        const auto id = saveBinding(tx, organization, binding, &vault, tuesday());
        tx.commit();
        return id;
    }
    std::optional<Binding> find(const BindingId& id, const Vault* with) {
        auto tx = database->begin(organization);
        return findBinding(tx, organization, id, with);
    }
};

TEST_F(Tenant, ABindingComesBackWithItsSecretsWhichAreNotReadableInTheDatabase) {
    const BindingId id(uuid7(tuesday()));
    EXPECT_EQ(save({id, "carrier", "twilio", {{"account_sid", "AC1"}}, {{"auth_token", "hush-hush"}}, 7}),
              id);
    const auto found = find(id, &vault);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->plugin, "twilio");
    EXPECT_EQ(found->callsAtOnce, 7);
    EXPECT_EQ(found->settings, (Json{{"account_sid", "AC1"}}));
    EXPECT_EQ(found->secrets, (Secrets{{"auth_token", "hush-hush"}}));
    const auto rows = database->run(organization, {"test/raw", "select secrets from bindings"});
    EXPECT_EQ(rows[0].bytes("secrets").find("hush"), std::string::npos);
    EXPECT_EQ(organizationOf(*database, id), organization);
    EXPECT_EQ(organizationOf(*database, BindingId(uuid7(tuesday()))), std::nullopt);
    EXPECT_FALSE(find(BindingId(uuid7(tuesday())), &vault));
}

TEST_F(Tenant, SavingTheSameNameAgainKeepsTheIdAndReplacesTheRest) {
    const BindingId first(uuid7(tuesday()));
    save({first, "carrier", "twilio", Json::object(), {{"auth_token", "old"}}, 7});
    EXPECT_EQ(save({BindingId(uuid7(tuesday())), "carrier", "sim", {{"seed", 2}}, {{"signing_key", "new"}}}),
              first);
    const auto found = find(first, &vault);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->plugin, "sim");
    EXPECT_EQ(found->callsAtOnce, 0);
    EXPECT_EQ(found->secrets, (Secrets{{"signing_key", "new"}}));
}

TEST_F(Tenant, ASecretThatItsVendorReplacedIsKeptSealed) {
    const BindingId id(uuid7(tuesday()));
    save({id, "mail", "gmail", Json::object(), {{"refresh_token", "r1"}, {"client_secret", "c"}}});
    const auto replace = [&](const std::string& name, const std::string& before, const std::string& value) {
        auto tx = database->begin(organization);
        replaceSecret(tx, organization, id, vault, name, before, value);
        tx.commit();
        return find(id, &vault)->secrets;
    };
    EXPECT_EQ(replace("refresh_token", "r1", "rotated-r2"),
              (Secrets{{"refresh_token", "rotated-r2"}, {"client_secret", "c"}}));
    EXPECT_EQ(replace("refresh_token", "r1", "late")["refresh_token"], "rotated-r2")
        << "what another engine kept stays";
    EXPECT_EQ(replace("unknown", "", "x").size(), 2U);
    const auto rows = database->run(organization, {"test/raw", "select secrets from bindings"});
    EXPECT_EQ(rows[0].bytes("secrets").find("rotated"), std::string::npos);
}

TEST_F(Tenant, SecretsOpenOnlyWithTheirKeyAndForTheirBinding) {
    const BindingId id(uuid7(tuesday()));
    save({id, "carrier", "twilio", Json::object(), {{"auth_token", "x"}}});
    const Vault other{std::string(32, 'o')};
    EXPECT_THROW(find(id, &other), Error);
    EXPECT_THROW(find(id, nullptr), Error);
    const auto sealed = vault.seal({{"a", "b"}}, id);
    EXPECT_EQ(vault.unseal(sealed, id), (Secrets{{"a", "b"}}));
    EXPECT_NE(vault.seal({{"a", "b"}}, id), sealed) << "the same secret twice must not look the same";
    EXPECT_THROW(vault.unseal(sealed, BindingId(uuid7(tuesday()))), Error);
    auto changed = sealed;
    changed.back() = static_cast<char>(changed.back() ^ 1);
    EXPECT_THROW(vault.unseal(changed, id), Error);
    EXPECT_THROW(vault.unseal("", id), Error);
}

TEST(TenantKey, IsMadeOnceReadableByItsOwnerOnlyAndABrokenOneIsSaid) {
    unsetenv("OVERTURE_SECRET_KEY");
    const std::string folder = std::string(OVERTURE_BUILD_DIR) + "/tenant-key";
    std::filesystem::remove_all(folder);
    const BindingId id(uuid7(tuesday()));
    const auto sealed = Vault::open(folder).seal({{"a", "b"}}, id);
    EXPECT_EQ(Vault::open(folder).unseal(sealed, id), (Secrets{{"a", "b"}}));
    struct stat entry {};
    ASSERT_EQ(stat((folder + "/secret.key").c_str(), &entry), 0);
    EXPECT_EQ(entry.st_mode & 0777, 0600U);
    std::ofstream(folder + "/secret.key") << "not a key\n";
    try {
        Vault::open(folder);
        ADD_FAILURE() << "a broken key was taken";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr(folder + "/secret.key"));
    }
    setenv("OVERTURE_SECRET_KEY", std::string(64, 'a').c_str(), 1);
    EXPECT_NO_THROW(Vault::open(folder));
    setenv("OVERTURE_SECRET_KEY", "short", 1);
    EXPECT_THROW(Vault::open(folder), Error);
    unsetenv("OVERTURE_SECRET_KEY");
    std::filesystem::remove_all(folder);
}

/// The folder of a key file of its own.
struct KeyFile {
    explicit KeyFile(const std::string& name) : folder(std::string(OVERTURE_BUILD_DIR) + "/" + name) {
        unsetenv("OVERTURE_SECRET_KEY");
        std::filesystem::remove_all(folder);
    }
    ~KeyFile() { std::filesystem::remove_all(folder); }
    std::string path() const { return folder + "/secret.key"; }
    std::string folder;
};

TEST(TenantKey, ANewOneSealsAndThoseBeforeItStillOpen) {
    const KeyFile file("tenant-key-rotation");
    const auto id = uuid7(tuesday());
    const auto engine = Vault::open(file.folder);
    auto operators = Vault::open(file.folder);
    const auto old = std::string(trim(readFile(file.path())));
    const auto sealed = engine.seal({{"a", "b"}}, id);
    const auto link = engine.sign("unsubscribe", "them").substr(0, 32);
    operators.addKey();
    struct stat entry {};
    ASSERT_EQ(stat(file.path().c_str(), &entry), 0);
    EXPECT_EQ(entry.st_mode & 0777, 0600U);
    EXPECT_EQ(operators.unseal(sealed, id), (Secrets{{"a", "b"}}));
    EXPECT_FALSE(operators.isNewest(sealed, id));
    const auto newer = operators.seal({{"c", "d"}}, id);
    EXPECT_EQ(engine.unseal(newer, id), (Secrets{{"c", "d"}})) << "an engine that runs looks again";
    EXPECT_TRUE(operators.isNewest(engine.seal({{"e", "f"}}, id), id));
    EXPECT_NE(engine.sign("unsubscribe", "them").substr(0, 32), link);

    operators.forgetOldKeys();
    EXPECT_EQ(readFile(file.path()).find(old), std::string::npos);
    EXPECT_THROW(operators.unseal(sealed, id), Error);
    engine.seal({}, id);
    EXPECT_THROW(engine.unseal(sealed, id), Error);
    EXPECT_EQ(engine.unseal(newer, id), (Secrets{{"c", "d"}}));
    for (const auto* vault : {&engine, static_cast<const Vault*>(&operators)}) {
        EXPECT_TRUE(vault->isSigned("unsubscribe", "them", link)) << "a link in a mail sent long ago";
        EXPECT_FALSE(vault->isSigned("unsubscribe", "others", link));
        EXPECT_FALSE(vault->isSigned("request", "them", link));
        EXPECT_FALSE(vault->isSigned("unsubscribe", "them", link.substr(0, 31)))
            << "too short to prove anything";
        EXPECT_FALSE(vault->isSigned("unsubscribe", "them", ""));
    }
    operators.addKey();
    operators.forgetOldKeys();
    EXPECT_TRUE(Vault::open(file.folder).isSigned("unsubscribe", "them", link));
}

TEST(TenantKey, TwoDoNotChangeTheFileAtOnceAndWhatStandsInNoFileIsTheirs) {
    const KeyFile file("tenant-key-two");
    auto vault = Vault::open(file.folder);
    const auto before = readFile(file.path());
    std::ofstream(file.path() + ".new") << "half";
    EXPECT_THROW(vault.addKey(), Error);
    EXPECT_EQ(readFile(file.path()), before);
    std::filesystem::remove(file.path() + ".new");
    std::vector<std::thread> operators;
    for (int i = 0; i < 8; ++i)
        operators.emplace_back([&] {
            auto own = Vault::open(file.folder);
            for (bool done = false; !done;) try {
                    own.addKey();
                    done = true;
                } catch (const Error&) {
                    std::this_thread::yield();  // another one is at it
                }
        });
    for (auto& one : operators) one.join();
    EXPECT_EQ(split(std::string(trim(readFile(file.path()))), '\n').size(), 9U) << "none of the keys is lost";
    EXPECT_TRUE(readFile(file.path()).ends_with(before));
    const auto id = uuid7(tuesday());
    setenv("OVERTURE_SECRET_KEY", std::string(64, 'a').c_str(), 1);
    const auto sealed = Vault::open(file.folder).seal({{"a", "b"}}, id);
    setenv("OVERTURE_SECRET_KEY", (std::string(64, 'b') + ", " + std::string(64, 'a')).c_str(), 1);
    auto both = Vault::open(file.folder);
    EXPECT_EQ(both.unseal(sealed, id), (Secrets{{"a", "b"}}));
    EXPECT_FALSE(both.isNewest(sealed, id));
    EXPECT_THROW(both.addKey(), Error);
    setenv("OVERTURE_SECRET_KEY", ("signed:" + std::string(64, 'a')).c_str(), 1);
    EXPECT_THROW(Vault::open(file.folder), Error) << "none that seals";
    unsetenv("OVERTURE_SECRET_KEY");
}

TEST_F(Tenant, WhatIsSealedIsSealedAgain) {
    const KeyFile file("tenant-key-reseal");
    auto installation = Vault::open(file.folder);
    const Vault stranger{std::string(32, 's')};
    const auto owner = [&](int n) { return uuid7(tuesday() + seconds(n)); };
    const auto sealedFor = [&](const Uuid& whose) {
        return store::Param::bytes(installation.seal({{"secret", whose.text()}}, whose));
    };
    auto tx = database->begin(organization);
    const auto put = [&](const char* sql, const Uuid& whose) {
        tx.run({"test/put", sql}, {organization, whose, sealedFor(whose)});
    };
    put("insert into bindings (organization_id, binding_id, name, plugin, settings, created_at, secrets) "
        "values "
        "($1::uuid, $2::uuid, "
        "'a', 'p', '{}', now(), $3::bytea)",
        owner(1));
    put("insert into endpoints (organization_id, endpoint_id, url, secrets, seen, created_at) values "
        "($1::uuid, $2::uuid, 'u', "
        "$3::bytea, '1:1:', now())",
        owner(2));
    put("insert into users (organization_id, user_id, email, name, role, created_at, second_factor) values "
        "($1::uuid, "
        "$2::uuid, 'a@example.com', 'a', 'agent', now(), $3::bytea)",
        owner(3));
    put("insert into session_keys (organization_id, key_id, sealed, created_at) values ($1::uuid, $2::uuid, "
        "$3::bytea, now())",
        owner(4));
    put("insert into issuers (organization_id, issuer, client_id, client_secret, redirect_url, created_at) "
        "values ($1::uuid, "
        "'i', $2::text, $3::bytea, 'r', now())",
        organization.uuid);
    tx.commit();
    const std::map<std::string, int> none{{"binding", 0},     {"endpoint", 0},
                                          {"issuer", 0},      {"second factor", 0},
                                          {"session key", 0}, {"row of people's words", 0}};
    const std::map<std::string, int> all{{"binding", 1},     {"endpoint", 1},
                                         {"issuer", 1},      {"second factor", 1},
                                         {"session key", 1}, {"row of people's words", 0}};
    EXPECT_EQ(reseal(*database, installation).count, none);
    installation.addKey();
    EXPECT_EQ(reseal(*database, installation).count, all);
    EXPECT_EQ(reseal(*database, installation).count, none);
    installation.forgetOldKeys();
    for (const auto row :
         database->run(organization, {"test/sealed",
                                      "select binding_id as id, secrets as s from bindings union all "
                                      "select endpoint_id, secrets from endpoints union all "
                                      "select user_id, second_factor from users union all "
                                      "select key_id, sealed from session_keys union all "
                                      "select organization_id, client_secret from issuers"})) {
        const auto whose = *Uuid::parse(row.text("id"));
        EXPECT_EQ(installation.unseal(row.bytes("s"), whose), (Secrets{{"secret", whose.text()}}));
    }
    const BindingId lost(owner(5));
    auto later = database->begin(organization);
    later.run({"test/put",
               "insert into bindings (organization_id, binding_id, name, plugin, settings, created_at, "
               "secrets) values "
               "($1::uuid, $2::uuid, 'b', 'p', '{}', now(), $3::bytea)"},
              {organization, lost, store::Param::bytes(stranger.seal({{"a", "b"}}, lost))});
    later.commit();
    installation.addKey();
    const auto done = reseal(*database, installation);
    EXPECT_EQ(done.count, all);
    EXPECT_EQ(done.shut, (std::vector<std::string>{"binding " + lost.text()}));
}

/// Two engines whose machines have a copy of the key file each: at no moment of a rotation is one unable to open or to check what the
/// other has written.
TEST(TenantKey, EnginesWithCopiesOfTheirOwnUnderstandEachOtherThroughoutARotation) {
    const auto folder = (std::filesystem::temp_directory_path() / "overture-keys-XXXXXX").string();
    std::string here = folder, there = folder;
    ::mkdtemp(here.data());
    ::mkdtemp(there.data());
    const auto copy = [&] {
        writeFile(there + "/secret.key.new", readFile(here + "/secret.key"));
        std::filesystem::rename(there + "/secret.key.new", there + "/secret.key");
    };
    auto one = Vault::open(here);
    copy();
    const auto other = Vault::open(there);
    const BindingId whose(uuid7(Instant()));
    const auto understand = [&](const char* when) {
        const std::pair<const Vault*, const Vault*> ways[] = {{&one, &other}, {&other, &one}};
        for (const auto& [writes, reads] : ways) {
            EXPECT_EQ(reads->unseal(writes->seal({{"a", "b"}}, whose), whose), (Secrets{{"a", "b"}})) << when;
            EXPECT_EQ(reads->unsealText(writes->sealText("words", whose.uuid), whose.uuid), "words") << when;
            EXPECT_TRUE(reads->isSigned("link", "x", writes->sign("link", "x"))) << when;
        }
    };
    understand("before");
    const auto early = one.seal({{"a", "old"}}, whose);
    const auto link = one.sign("link", "early");
    one.prepareKey();
    understand("prepared, not copied");
    EXPECT_TRUE(one.isNewest(early, whose.uuid)) << "it seals nothing yet";
    copy();
    understand("prepared, copied");
    one.sealWithPreparedKey();
    understand("one seals with the new one, the other with the old");
    EXPECT_FALSE(one.isNewest(early, whose.uuid));
    copy();
    understand("both seal with the new one");
    one.forgetOldKeys();
    understand("one has forgotten, the other not yet");
    copy();
    understand("forgotten");
    EXPECT_THROW(other.unseal(early, whose), Error);
    EXPECT_TRUE(other.isSigned("link", "early", link)) << "a link of before";
    EXPECT_THROW(one.sealWithPreparedKey(), Error) << "none is prepared";
    // Without that order it goes wrong, and is said.
    one.addKey();
    EXPECT_THROW(other.unseal(one.seal({{"a", "b"}}, whose), whose), Error);
    EXPECT_THROW(other.unsealText(one.sealText("words", whose.uuid), whose.uuid), Error);
    std::filesystem::remove_all(here);
    std::filesystem::remove_all(there);
}

TEST_F(Tenant, NoBytesAreSealedButThese) {
    std::vector<std::string> columns;
    for (const auto row : database->run(
             organization,
             {"test/columns",
              "select table_name || '.' || column_name as name from information_schema.columns where "
              "data_type = 'bytea' and table_schema = 'public' order by 1"}))
        columns.push_back(row.text("name"));
    EXPECT_THAT(columns, ::testing::ElementsAre("address_keys.key", "bindings.secrets", "endpoints.secrets",
                                                "issuers.client_secret", "session_keys.sealed",
                                                "users.second_factor", "webhooks.body"))
        << "a column that is sealed must be sealed again: schema/queries/tenant/sealed.sql";
}

}  // namespace
}  // namespace overture::tenant
