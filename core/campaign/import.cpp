#include <future>
#include <unordered_map>

#include "base/text.hpp"
#include "base/time.hpp"
#include "base/uuid_series.hpp"
#include "campaign/lead_list.hpp"
#include "campaign/people.hpp"
#include "queries/campaign.hpp"
#include "turn/rows.hpp"

namespace overture::campaign {
namespace {

using Text = std::optional<std::string>;

constexpr std::size_t kPlacedTogether = 8192;  // rows that are placed while those before are written
constexpr const char* kLeads =
    "leads (organization_id, lead_id, external_id, first_name, last_name, phone, email, country, state, "
    "postal_code, zone, language, company, title, custom, evidence, created_at)";
constexpr const char* kConversations =
    "conversations (organization_id, conversation_id, campaign_id, lead_id, version, stage, state, language, "
    "created_at, updated_at)";
constexpr const char* kConsents =
    "consents (organization_id, consent_id, address, channel, purpose, level, source, proof, given_at)";

Text orNull(const std::string& text) {
    return text.empty() ? Text() : Text(text);
}

/// One import into one transaction.
class Import {
public:
    Import(store::Transaction& tx, const OrganizationId& organization, const CampaignId& campaign,
           const ImportOptions& options, Instant now)
        : tx_(tx),
          organization_(organization),
          campaign_(campaign),
          options_(options),
          now_(now),
          series_(now) {}

    ImportReport run(LeadList list, const std::string& firstStage, const std::string& version);

private:
    using CopyRows = std::vector<std::vector<Text>>;

    void loadKnown(const LeadList& list);
    void place(ListedLead& listed, ImportReport& report);
    CopyRows placeBlock(LeadList& list, std::size_t from, ImportReport& report);
    std::vector<Text> rowOf(const turn::Lead& lead) const;
    CopyRows conversationRows(const std::string& firstStage, const std::string& version);
    CopyRows mailboxRows(const CopyRows& conversations) const;
    CopyRows consentRows(const LeadList& list);
    void updateLeads();
    void suppress();
    void writeNotes(const ImportReport& report);
    Uuid newId(const std::string& name) { return options_.reproducible ? uuid7(now_, name) : series_.next(); }
    std::string seeded(const char* kind, const std::string& key) const {
        return std::string(kind) + ":" + std::to_string(options_.seed) + ":" + key;
    }

    store::Transaction& tx_;
    const OrganizationId& organization_;
    const CampaignId& campaign_;
    const ImportOptions& options_;
    Instant now_;
    Uuid7Series series_;
    People people_;
    std::unordered_map<int, LeadId> leadOfLine_;  ///< of merged rows
    std::vector<std::string> suppressed_, suppressionProofs_;
};

void Import::loadKnown(const LeadList& list) {
    std::vector<std::string> ids, phones, emails;
    for (const auto& [line, lead, consents, suppressed, remarks] : list.leads) {
        if (!lead.externalId.empty()) ids.push_back(lead.externalId);
        if (!lead.phone.empty()) phones.push_back(lead.phone);
        if (!lead.email.empty()) emails.push_back(lead.email);
    }
    using store::Param;
    const auto rows = tx_.run(sql::campaign::known_leads, {organization_, campaign_, Param::array(ids),
                                                           Param::array(phones), Param::array(emails)});
    for (const auto row : rows) people_.add({turn::leadOf(row), 0, true, row.boolean("in_campaign"), false});
}

void Import::place(ListedLead& listed, ImportReport& report) {
    auto& lead = listed.lead;
    for (const auto& remark : listed.remarks) report.remarks.push_back({listed.line, "remark", remark});
    const auto same = people_.find(lead);
    if (same) {
        if (options_.keepsAddresses && people_.all[same->first].known) lead.phone = lead.email = {};
        people_.merge(same->first, lead);
        const auto& person = people_.all[same->first];
        const auto whose =
            person.known ? std::string("a lead that was here before") : "line " + std::to_string(person.line);
        report.notes.push_back(
            {listed.line, "merged", std::string("the same ") + same->second + " as " + whose});
        leadOfLine_[listed.line] = person.lead.id;
        ++report.merged;
    } else {
        const auto& key = !lead.externalId.empty() ? lead.externalId
                          : !lead.phone.empty()    ? lead.phone
                                                   : lead.email;
        lead.id = LeadId(newId(seeded("lead", key)));
        people_.add({lead, listed.line, false, false, false});
        ++report.imported;
    }
    if (listed.suppressed.empty()) return;
    const auto& whole = people_.all[same ? same->first : people_.all.size() - 1].lead;
    auto addresses = listed.suppressed;
    for (const auto& address : {whole.phone, whole.email})
        if (!address.empty()) addresses.push_back(address);
    for (const auto& address : addresses) {
        suppressed_.push_back(address);
        suppressionProofs_.push_back(toText(Json{{"file", options_.file}, {"line", listed.line}}));
    }
}

ImportReport Import::run(LeadList list, const std::string& firstStage, const std::string& version) {
    ImportReport report;
    const auto read = soFar(list);
    report.rows = list.rows;
    report.rejected = static_cast<int>(list.rejected.size());
    report.notes = std::move(list.rejected);
    if (tx_.run(sql::campaign::lock_import, {organization_}).empty())
        throw Error("there is no such organization", "organization " + organization_.text());
    loadKnown(list);
    std::vector<std::promise<CopyRows>> leads((list.leads.size() + kPlacedTogether - 1) / kPlacedTogether);
    CopyRows conversations, mailboxes, consents;
    auto placed = std::async(std::launch::async, [&] {  // while PostgreSQL writes those before
        for (std::size_t block = 0; block < leads.size(); ++block) {
            try {
                leads[block].set_value(placeBlock(list, block * kPlacedTogether, report));
            } catch (...) {
                leads[block].set_exception(std::current_exception());
                return;
            }
        }
        conversations = conversationRows(firstStage, version);
        mailboxes = mailboxRows(conversations);
        consents = consentRows(list);
    });
    for (auto& rows : leads) {
        tx_.copyIn(kLeads, rows.get_future().get());
        if (options_.tell) options_.tell(read);
    }
    placed.get();
    tx_.run(sql::campaign::know_rows, {"leads"});
    updateLeads();
    tx_.copyIn(kConversations, conversations);
    tx_.run(sql::campaign::know_rows, {"conversations"});
    tx_.copyIn("mailboxes (organization_id, conversation_id)", mailboxes);
    tx_.copyIn(kConsents, consents);
    suppress();
    std::stable_sort(report.notes.begin(), report.notes.end(),
                     [](const ImportRow& a, const ImportRow& b) { return a.line < b.line; });
    writeNotes(report);
    return report;
}

/// The rows of the people who are new in this block. Who is completed by a later one is written again at the end.
Import::CopyRows Import::placeBlock(LeadList& list, std::size_t from, ImportReport& report) {
    const auto before = people_.all.size();
    for (auto i = from; i < std::min(from + kPlacedTogether, list.leads.size()); ++i)
        place(list.leads[i], report);
    CopyRows rows;
    for (auto i = before; i < people_.all.size(); ++i) {
        rows.push_back(rowOf(people_.all[i].lead));
        people_.all[i].changed = false;
    }
    return rows;
}

std::vector<Text> Import::rowOf(const turn::Lead& lead) const {
    return {organization_.text(), lead.id.text(),          orNull(lead.externalId), lead.firstName,
            lead.lastName,        orNull(lead.phone),      orNull(lead.email),      orNull(lead.country),
            orNull(lead.state),   orNull(lead.postalCode), orNull(lead.zone),       orNull(lead.language),
            orNull(lead.company), orNull(lead.title),      toText(lead.custom),     toText(lead.evidence),
            toRfc3339(now_)};
}

void Import::updateLeads() {
    std::vector<std::vector<Text>> columns(14);
    for (const auto& [lead, line, known, inCampaign, changed] : people_.all) {
        if (!changed) continue;
        const Text values[] = {lead.id.text(),       orNull(lead.externalId), lead.firstName,
                               lead.lastName,        orNull(lead.phone),      orNull(lead.email),
                               orNull(lead.country), orNull(lead.state),      orNull(lead.postalCode),
                               orNull(lead.zone),    orNull(lead.language),   orNull(lead.company),
                               orNull(lead.title),   toText(lead.custom)};
        for (std::size_t i = 0; i < columns.size(); ++i) columns[i].push_back(values[i]);
    }
    if (columns[0].empty()) return;
    std::vector<store::Param> params = {organization_};
    for (const auto& column : columns) params.push_back(store::Param::array(column));
    tx_.run(sql::campaign::update_leads, params);
}

Import::CopyRows Import::conversationRows(const std::string& firstStage, const std::string& version) {
    CopyRows rows;
    const auto at = toRfc3339(now_);
    for (const auto& [lead, line, known, inCampaign, changed] : people_.all) {
        if (inCampaign) continue;
        const auto id = newId("conversation:" + campaign_.text() + ":" + lead.id.text());
        rows.push_back({organization_.text(), id.text(), campaign_.text(), lead.id.text(), version,
                        firstStage, "open", lead.language.empty() ? "en" : lead.language, at, at});
    }
    return rows;
}

Import::CopyRows Import::mailboxRows(const CopyRows& conversations) const {
    CopyRows rows;
    for (const auto& conversation : conversations) rows.push_back({conversation[0], conversation[1]});
    return rows;
}

Import::CopyRows Import::consentRows(const LeadList& list) {
    CopyRows rows;
    for (const auto& listed : list.leads)
        for (const auto& consent : listed.consents) {
            const auto level =
                consent.level == compliance::ConsentLevel::expressWritten ? "express_written" : "express";
            const auto name = "consent:" + campaign_.text() + ":" + std::to_string(listed.line) + ":" +
                              consent.channel + ":" + consent.address;
            Json proof{{"file", options_.file}, {"line", listed.line}};
            if (!options_.consentText.empty()) proof["text"] = options_.consentText;
            rows.push_back({organization_.text(), newId(name).text(), consent.address, consent.channel,
                            "marketing", level, consent.source, toText(proof), toRfc3339(consent.givenAt)});
        }
    return rows;
}

void Import::suppress() {
    if (suppressed_.empty()) return;
    using store::Param;
    tx_.run(sql::campaign::insert_suppressions,
            {organization_, Param::array(suppressed_), Param::array(suppressionProofs_), now_});
}

void Import::writeNotes(const ImportReport& report) {
    if (report.notes.empty()) return;
    std::vector<std::string> lines, outcomes, reasons;
    std::vector<Text> leads;
    for (const auto& note : report.notes) {
        lines.push_back(std::to_string(note.line));
        outcomes.push_back(note.outcome);
        reasons.push_back(note.reason);
        const auto lead = leadOfLine_.find(note.line);
        leads.push_back(lead == leadOfLine_.end() ? Text() : Text(lead->second.text()));
    }
    using store::Param;
    tx_.run(sql::campaign::insert_import_rows,
            {organization_, campaign_, Param::array(lines), Param::array(outcomes), Param::array(reasons),
             Param::array(leads)});
}

}  // namespace

ImportReport importLeads(store::Database& database, const OrganizationId& organization,
                         const CampaignId& campaign, const std::string& bytes, const ImportOptions& options,
                         const std::string& firstStage, const std::string& version, Instant now) {
    return importLeads(database, organization, campaign, readLeads(bytes, options, now), options, firstStage,
                       version, now);
}

ImportReport importLeads(store::Database& database, const OrganizationId& organization,
                         const CampaignId& campaign, LeadList list, const ImportOptions& options,
                         const std::string& firstStage, const std::string& version, Instant now) {
    auto tx = database.begin(organization);
    auto report = Import(tx, organization, campaign, options, now).run(std::move(list), firstStage, version);
    if (options.last) options.last(tx, report);
    tx.commit();
    return report;
}

}  // namespace overture::campaign
