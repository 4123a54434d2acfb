// A dump that is read back is the same service: what was said, what holds organizations apart, and what is told anew.
#include <cstdlib>

#include "base/text.hpp"
#include "feed/feed.hpp"
#include "pg/turn_world.hpp"
#include "store/migrations.hpp"
#include "store/server_programs.hpp"

namespace overture::store {
namespace {

using overture::testing::addOrganization;
using overture::testing::Postgres;
using overture::testing::TurnWorld;

struct Backup : TurnWorld {
    std::string url = Postgres::shared().freshDatabase();
    void run(const std::string& command) { ASSERT_EQ(std::system(command.c_str()), 0) << command; }
};

TEST_F(Backup, ADumpReadBackGoesOn) {
    database = std::make_unique<Database>(DatabaseOptions{.url = url, .sessions = 4});
    organization = addOrganization(*database);
    const auto other = addOrganization(*database, "Brook Pest");
    {
        auto tx = database->begin(organization);
        tx.run(overture::testing::kSetup, {organization, binding, clock.now()});
        tx.run(overture::testing::kCampaign, {organization, campaign, binding.text(), clock.now()});
        tx.commit();
    }
    const auto conversation = addConversation();
    hears(conversation, "Hello");
    const auto cursor = [&] {
        auto tx = database->beginShared();
        return feed::now(tx);
    }();
    const auto folder = serverPrograms();
    const auto target = Postgres::shared().emptyDatabase();
    const auto dump = ::testing::TempDir() + "overture-backup-" + uuid7(SystemClock{}.now()).text();
    run(folder + "/pg_dump --format=custom --exclude-table-data=feed --file=" + dump + " '" + url + "'");
    run(folder + "/pg_restore --no-owner --exit-on-error --dbname='" + target + "' " + dump);
    run("rm " + dump);

    database = std::make_unique<Database>(DatabaseOptions{.url = target, .sessions = 4});
    for (const auto& migration : migrationStatus(*database)) EXPECT_TRUE(migration.applied) << migration.name;
    EXPECT_EQ(number("select count(*) as n from events where payload ->> 'text' = 'Hello'"), 1);
    auto strangers = database->begin(other);
    EXPECT_EQ(strangers.run({"test/n", "select count(*) as n from conversations"})[0].integer("n"), 0)
        << "still held apart";
    strangers.commit();

    // As another cluster would find it: what listeners remember means nothing there.
    auto owner = database->beginOwner();
    owner.script("update feed_kept set written_in = 1", "test");
    owner.commit();
    feed::settle(*database);
    EXPECT_NE(number("select written_in as n from feed_kept"), 1);
    auto tx = database->beginShared();
    EXPECT_TRUE(feed::read(tx, {organization}, feed::now(tx), 10)) << "and is told from here on";
    auto elsewhere = cursor;
    elsewhere.life = "0" + cursor.life;
    EXPECT_FALSE(feed::read(tx, {organization}, elsewhere, 10));
}

}  // namespace
}  // namespace overture::store
