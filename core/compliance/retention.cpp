#include "compliance/retention.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "compliance/person.hpp"
#include "queries/compliance.hpp"

namespace overture::compliance {

const std::vector<std::string> kRetentionKinds{"webhooks", "journal", "messages", "recordings", "people"};

namespace {

constexpr int kRowsAtOnce = 5000;
constexpr int kPeopleAtOnce = 200;

std::int64_t clear(store::Database& database, const OrganizationId& organization, const store::Query& query,
                   Instant before, const std::vector<store::Param>& more = {}) {
    std::int64_t cleared = 0;
    std::vector<store::Param> params{organization, before, kRowsAtOnce};
    params.insert(params.end(), more.begin(), more.end());
    for (std::int64_t now = kRowsAtOnce; now > 0;) {
        auto tx = database.begin(organization);
        now = static_cast<std::int64_t>(tx.run(query, params).affected());
        tx.commit();
        cleared += now;
    }
    return cleared;
}

std::int64_t clearPeople(store::Database& database, const OrganizationId& organization, Instant before,
                         Instant now) {
    std::int64_t cleared = 0;
    while (true) {
        auto tx = database.begin(organization);
        std::vector<Person> people;
        for (const auto row :
             tx.run(sql::compliance::people_at_rest, {organization, before, kPeopleAtOnce})) {
            Person person{{row.text("lead_id")}, {}};
            for (const auto& address : {row.text("phone"), row.text("email"), lowerAscii(row.text("email"))})
                if (!address.empty()) person.addresses.push_back(address);
            people.push_back(std::move(person));
        }
        if (people.empty()) return cleared;
        erasePeople(tx, organization, people, false, now);
        tx.commit();
        cleared += static_cast<std::int64_t>(people.size());
    }
}

}  // namespace

std::map<std::string, int> retention(store::Transaction& tx, const OrganizationId& organization) {
    std::map<std::string, int> rules;
    for (const auto row : tx.run(sql::compliance::retention_rules, {organization}))
        rules[row.text("kind")] = static_cast<int>(row.integer("days"));
    return rules;
}

void setRetention(store::Transaction& tx, const OrganizationId& organization, const std::string& kind,
                  int days, Instant now) {
    if (std::find(kRetentionKinds.begin(), kRetentionKinds.end(), kind) == kRetentionKinds.end())
        throw Error("\"" + kind + "\" is nothing that is kept for a time", "retention",
                    "Name one of " + join(kRetentionKinds, ", ") + ".");
    if (days > 0)
        tx.run(sql::compliance::save_retention, {organization, kind, days, now});
    else
        tx.run(sql::compliance::forget_retention, {organization, kind});
}

std::map<std::string, std::int64_t> applyRetention(store::Database& database,
                                                   const OrganizationId& organization, Instant now) {
    auto tx = database.begin(organization);
    const auto rules = retention(tx, organization);
    tx.commit();
    std::map<std::string, std::int64_t> cleared;
    for (const auto& [kind, length] : rules) {
        const auto before = now - days(length);
        if (kind == "webhooks")
            cleared[kind] = clear(database, organization, sql::compliance::drop_webhooks, before);
        if (kind == "journal")
            cleared[kind] = clear(database, organization, sql::compliance::empty_journal, before);
        if (kind == "messages")
            cleared[kind] = clear(database, organization, sql::compliance::empty_messages, before) +
                            clear(database, organization, sql::compliance::empty_calls, before) +
                            clear(database, organization, sql::compliance::drop_recordings, before, {true});
        if (kind == "recordings")
            cleared[kind] = clear(database, organization, sql::compliance::drop_recordings, before, {false});
        if (kind == "people") cleared[kind] = clearPeople(database, organization, before, now);
    }
    return cleared;
}

}  // namespace overture::compliance
