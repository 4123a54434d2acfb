#include "pg/fixture.hpp"

namespace overture::store {
namespace {

using overture::testing::addOrganization;
using overture::testing::Postgres;
using overture::testing::tuesday;

TEST(Store, AnOrganizationSeesItsOwnRow) {
    const auto database = Postgres::shared().freshPool();
    const auto mine = addOrganization(*database, "Mine");
    const auto theirs = addOrganization(*database, "Theirs");
    const Query names{"test/names", "select organization_id, name, created_at from organizations"};
    const auto rows = database->run(mine, names);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].text("name"), "Mine");
    EXPECT_EQ(rows[0].id<OrganizationId>("organization_id"), mine);
    EXPECT_EQ(rows[0].instant("created_at"), tuesday());
    EXPECT_EQ(database->run(theirs, names)[0].text("name"), "Theirs");
}

}  // namespace
}  // namespace overture::store
