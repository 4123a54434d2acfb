#include "compliance/person.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "base/time.hpp"
#include "compliance/records.hpp"
#include "queries/compliance.hpp"

namespace overture::compliance {
namespace {

using store::Param;

std::vector<std::string> listOf(const std::set<std::string>& all) {
    return {all.begin(), all.end()};
}

void addAddress(std::set<std::string>& addresses, const std::string& address) {
    if (trim(address).empty()) return;
    addresses.insert(address);
    addresses.insert(lowerAscii(trim(address)));
}

bool holdsOne(const std::string& text, const std::vector<std::string>& needles) {
    const auto lower = lowerAscii(text);
    return std::any_of(needles.begin(), needles.end(),
                       [&](const auto& needle) { return lower.find(needle) != std::string::npos; });
}

constexpr int kWebhooksTogether = 500;

/// Those that stand sealed: no statement can look into them.
template <typename Work>
void eachSealedWebhook(store::Transaction& tx, const OrganizationId& organization,
                       const std::vector<std::string>& needles, const Work& work) {
    for (Uuid last;;) {
        const auto rows = tx.run(sql::compliance::sealed_webhooks, {organization, last, kWebhooksTogether});
        for (const auto row : rows) {
            last = row.uuid("webhook_id");
            if (holdsOne(row.bytes("body"), needles) || holdsOne(row.text("url"), needles)) work(row);
        }
        if (rows.size() < static_cast<std::size_t>(kWebhooksTogether)) return;
    }
}

Json webhookJson(const store::Row& row) {
    Json webhook{{"received_at", toRfc3339(row.instant("received_at"))},
                 {"headers", row.json("headers")},
                 {"body", toValidUtf8(row.bytes("body"))}};
    for (const auto* name : {"webhook_id", "binding_id", "method", "url", "outcome", "note"})
        webhook[name] = row.text(name);
    return webhook;
}

/// What holds one of the needles and can be looked into by nobody but us: sealed webhooks and notes, and the reports of imports.
void eraseByLooking(store::Transaction& tx, const OrganizationId& organization,
                    const std::vector<std::string>& needles, Json& done) {
    std::vector<std::string> webhooks, campaigns, lines, imports;
    eachSealedWebhook(tx, organization, needles,
                      [&](const store::Row& row) { webhooks.push_back(row.text("webhook_id")); });
    const auto notes = tx.run(sql::compliance::sealed_import_rows, {organization});
    for (const auto row : notes) {
        if (!holdsOne(row.text("reason"), needles)) continue;
        campaigns.push_back(row.text("campaign_id"));
        lines.push_back(row.text("line"));
    }
    const auto reports = tx.run(sql::compliance::import_reports, {organization});
    for (const auto row : reports)
        if (holdsOne(toText(row.json("report")), needles)) imports.push_back(row.text("import_id"));
    const auto count = [&](const char* name, const store::Rows& rows) {
        done[name] = done.value(name, 0) + static_cast<int>(rows.affected());
    };
    count("webhooks", tx.run(sql::compliance::erase_webhooks, {organization, Param::array(webhooks)}));
    count("import_rows", tx.run(sql::compliance::erase_import_rows,
                                {organization, Param::array(campaigns), Param::array(lines)}));
    count("imports", tx.run(sql::compliance::erase_import_reports, {organization, Param::array(imports)}));
}

}  // namespace

std::vector<std::string> Person::needles() const {
    std::set<std::string> needles;
    for (const auto& address : addresses) {
        const auto at = address.find('@');
        const auto lower = lowerAscii(trim(address));
        if (at == std::string::npos) {
            needles.insert(lower.substr(lower.starts_with("+") ? 1 : 0));
            if (lower.starts_with("+1")) needles.insert(lower.substr(2));
        } else {
            needles.insert(lower);
            needles.insert(replaceAll(lower, "@", "%40"));
        }
    }
    std::erase_if(needles, [](const std::string& needle) { return needle.size() < 7; });
    return listOf(needles);
}

Person findPerson(store::Transaction& tx, const OrganizationId& organization, const PersonKey& key) {
    std::set<std::string> leads, addresses;
    addAddress(addresses, key.phone);
    addAddress(addresses, key.email);
    if (LeadId::parse(key.lead)) leads.insert(key.lead);
    std::vector<std::string> listed;
    if (!key.lead.empty()) listed.push_back(key.lead);
    for (std::size_t known = 0, before = 1; known != before;) {
        before = leads.size() + addresses.size();
        for (const auto row :
             tx.run(sql::compliance::people, {organization, Param::array(listOf(leads)), Param::array(listed),
                                              Param::array(listOf(addresses))})) {
            leads.insert(row.text("lead_id"));
            addAddress(addresses, row.text("phone"));
            addAddress(addresses, row.text("email"));
        }
        known = leads.size() + addresses.size();
    }
    return {listOf(leads), listOf(addresses)};
}

Json exportPerson(store::Transaction& tx, const OrganizationId& organization, const Person& person,
                  Instant now) {
    const auto rows = tx.run(sql::compliance::export_person,
                             {organization, Param::array(person.leads), Param::array(person.addresses),
                              Param::array(person.needles())});
    auto addresses = person.addresses;
    std::erase_if(addresses, [](const std::string& address) { return address != lowerAscii(trim(address)); });
    Json document = {{"person", {{"leads", person.leads}, {"addresses", std::move(addresses)}}},
                     {"registries", Json::array()}};
    for (const auto* table :
         {"leads", "conversations", "messages", "calls", "call_lines", "recordings", "events", "turns",
          "steps", "deliveries", "meetings", "consents", "suppressions", "attempts", "permits", "import_rows",
          "webhooks", "registry_answers"})
        document[table] = rows[0].json(table);
    eachSealedWebhook(tx, organization, person.needles(),
                      [&](const store::Row& row) { document["webhooks"].push_back(webhookJson(row)); });
    for (const auto& address : person.addresses) {
        if (!address.starts_with("+")) continue;
        ContactRequest request;
        request.channel = "voice";
        request.address = address;
        request.at = now;
        const RecordsOfContacts records(organization, {&request});
        records.fill(tx.runAll({records.statement()}).front());
        for (const auto& state : request.registries)
            if (state.listed)
                document["registries"].push_back(
                    {{"address", address}, {"name", state.name}, {"date", state.date}});
    }
    return document;
}

Json erasePeople(store::Transaction& tx, const OrganizationId& organization,
                 const std::vector<Person>& people, bool shut, Instant now) {
    std::set<std::string> leads, addresses, needles;
    for (const auto& person : people) {
        leads.insert(person.leads.begin(), person.leads.end());
        addresses.insert(person.addresses.begin(), person.addresses.end());
        for (const auto& needle : person.needles()) needles.insert(needle);
    }
    const auto known = Param::array(listOf(addresses));
    auto done = tx.run(sql::compliance::erase_people, {organization, Param::array(listOf(leads)), known,
                                                       Param::array(listOf(needles)), shut, now})[0]
                    .json("done");
    if (const auto busy = textOf(done, "busy"); !busy.empty())
        throw Error(busy + ", so nothing was erased", "organization " + organization.text(),
                    "Try again in a minute.");
    eraseByLooking(tx, organization, listOf(needles), done);
    done["registry_answers"] =
        tx.run(sql::compliance::forget_registry_answers, {organization, known}).affected();
    done["permits"] =
        recordErasure(tx, organization, tx.run(sql::compliance::empty_permits, {organization, known}), now);
    return done;
}

}  // namespace overture::compliance
