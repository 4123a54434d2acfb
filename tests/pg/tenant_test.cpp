#include "tenant/tenants.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/text.hpp"
#include "pg/fixture.hpp"

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

}  // namespace
}  // namespace overture::tenant
