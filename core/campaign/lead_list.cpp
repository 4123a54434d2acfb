#include "campaign/lead_list.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <thread>

#include "base/text.hpp"
#include "campaign/columns.hpp"
#include "campaign/csv.hpp"
#include "campaign/values.hpp"
#include "compliance/evidence.hpp"

namespace overture::campaign {
namespace {

constexpr std::size_t kLongestCell = 1000;
constexpr std::size_t kLongestKey = 200;

/// "Roof Type" → "roof_type": a name that Lua and placeholders can spell.
std::string customName(const std::string& header, std::size_t number) {
    std::string out;
    for (const char c : foldCase(header)) {
        const bool plain =
            static_cast<unsigned char>(c) >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain)
            out += c;
        else if (!out.empty() && out.back() != '_')
            out += '_';
    }
    while (!out.empty() && out.back() == '_') out.pop_back();
    return out.empty() ? "column_" + std::to_string(number) : out;
}

/// The header, ready to read rows with.
class RowReader {
public:
    RowReader(const std::vector<std::string>& header, const std::string& where, const ImportOptions& options,
              Instant now);
    /// Reads one good row; a rejected one gives its reason.
    std::string read(const CsvRow& row, ListedLead& out) const;

private:
    std::string take(Field field, const CsvRow& row, std::vector<bool>& used) const;
    void readPhone(const CsvRow& row, ListedLead& out, std::vector<bool>& used) const;
    void readEmail(const CsvRow& row, ListedLead& out, std::vector<bool>& used) const;
    void readConsent(const CsvRow& row, ListedLead& out, std::vector<bool>& used) const;
    std::optional<Instant> consentDate(const CsvRow& row, ListedLead& out, std::vector<bool>& used) const;

    const ImportOptions& options_;
    Instant now_;
    std::vector<Column> columns_;
    std::vector<std::string> customNames_;
    std::map<Field, std::vector<std::size_t>> byField_;
};

RowReader::RowReader(const std::vector<std::string>& header, const std::string& where,
                     const ImportOptions& options, Instant now)
    : options_(options), now_(now), columns_(columnsOf(header, where)) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        customNames_.push_back(customName(columns_[i].name, i + 1));
        byField_[columns_[i].field].push_back(i);
    }
    for (auto& [field, numbers] : byField_)
        std::stable_sort(numbers.begin(), numbers.end(),
                         [&](std::size_t a, std::size_t b) { return columns_[a].rank < columns_[b].rank; });
}

std::string RowReader::take(Field field, const CsvRow& row, std::vector<bool>& used) const {
    const auto found = byField_.find(field);
    if (found == byField_.end()) return {};
    for (const auto column : found->second) {
        if (row.fields[column].empty()) continue;
        used[column] = true;
        return row.fields[column];
    }
    return {};
}

compliance::PhoneCheck checkPhone(const std::string& raw, const std::string& region) {
    auto check = compliance::checkPhone(raw, region);
    if (check.valid || !region.empty() || raw.starts_with('+')) return check;
    // Many exports drop the plus sign of an international number.
    if (auto again = compliance::checkPhone("+" + raw, region); again.valid) return again;
    return check;
}

void RowReader::readPhone(const CsvRow& row, ListedLead& out, std::vector<bool>& used) const {
    const auto found = byField_.find(Field::phone);
    if (found == byField_.end()) return;
    for (const auto column : found->second) {
        const auto& raw = row.fields[column];
        if (raw.empty() || !out.lead.phone.empty()) continue;
        const auto check = checkPhone(raw, out.lead.country.empty() ? options_.region : out.lead.country);
        if (check.valid) {
            out.lead.phone = check.e164;
            used[column] = true;
        } else {
            const bool scientific =
                raw.find_first_of("eE") != std::string::npos && raw.find('+') != std::string::npos;
            out.remarks.push_back(
                "phone \"" + raw.substr(0, 40) + "\" cannot be used: " +
                (scientific ? "a spreadsheet has rounded it; format that column as text" : check.reason));
        }
    }
}

void RowReader::readEmail(const CsvRow& row, ListedLead& out, std::vector<bool>& used) const {
    const auto found = byField_.find(Field::email);
    if (found == byField_.end()) return;
    for (const auto column : found->second) {
        const auto& raw = row.fields[column];
        if (raw.empty() || !out.lead.email.empty()) continue;
        out.lead.email = emailAddress(raw);
        if (out.lead.email.empty())
            out.remarks.push_back("\"" + raw.substr(0, 80) + "\" is not an e-mail address");
        else
            used[column] = true;
    }
}

std::optional<Instant> RowReader::consentDate(const CsvRow& row, ListedLead& out,
                                              std::vector<bool>& used) const {
    const auto text = take(Field::consentDate, row, used);
    if (text.empty()) return now_;
    const auto date = dateOf(text, out.lead.country.empty() ? options_.region : out.lead.country);
    if (!date) {
        out.remarks.push_back("the consent is not counted: its date " + date.problem().what);
        return std::nullopt;
    }
    if (*date > now_ + days(1)) {
        out.remarks.push_back("the consent is not counted: its date " + text + " lies in the future");
        return std::nullopt;
    }
    return *date;
}

void RowReader::readConsent(const CsvRow& row, ListedLead& out, std::vector<bool>& used) const {
    const auto found = byField_.find(Field::consent);
    auto source = take(Field::consentSource, row, used);
    if (found == byField_.end()) return;
    const bool given = std::any_of(found->second.begin(), found->second.end(), [&](std::size_t column) {
        return consentLevel(row.fields[column]).value_or(compliance::ConsentLevel::none) !=
               compliance::ConsentLevel::none;
    });
    const auto date = given ? consentDate(row, out, used) : std::nullopt;
    if (source.empty()) source = "stated in the imported list";
    for (const auto column : found->second) {
        const auto level = consentLevel(row.fields[column]);
        used[column] = level.has_value();
        if (!level)
            out.remarks.push_back("\"" + row.fields[column].substr(0, 40) +
                                  "\" is not a level of consent that is known; not counted");
        if (!level || *level == compliance::ConsentLevel::none || !date) continue;
        const auto& channel = columns_[column].channel;
        if (!out.lead.phone.empty() && channel != "email")
            out.consents.push_back({out.lead.phone, channel, *level, source, *date});
        if (!out.lead.email.empty() && (channel == "email" || channel == "*"))
            out.consents.push_back({out.lead.email, channel, *level, source, *date});
    }
}

std::string RowReader::read(const CsvRow& row, ListedLead& out) const {
    std::vector<bool> used(columns_.size(), false);
    auto& lead = out.lead;
    const auto get = [&](Field field) { return take(field, row, used); };
    lead.firstName = get(Field::firstName);
    lead.lastName = get(Field::lastName);
    const auto fullName = get(Field::fullName);
    if (lead.firstName.empty() && lead.lastName.empty()) {
        auto name = splitName(fullName);
        lead.firstName = std::move(name.first);
        lead.lastName = std::move(name.last);
    }
    const auto country = get(Field::country);
    lead.country = countryCode(country);
    if (!country.empty() && lead.country.empty())
        out.remarks.push_back("\"" + country.substr(0, 40) + "\" is not a country that is known");
    lead.state = get(Field::state);
    lead.postalCode = get(Field::postalCode);
    const bool digits = lead.postalCode.find_first_not_of("0123456789") == std::string::npos;
    if (lead.country == "US" && digits && (lead.postalCode.size() == 3 || lead.postalCode.size() == 4))
        lead.postalCode.insert(0, 5 - lead.postalCode.size(), '0');  // a spreadsheet took it for a number
    lead.zone = get(Field::zone);
    lead.language = languageCode(get(Field::language));
    lead.company = get(Field::company);
    lead.title = get(Field::title);
    lead.externalId = get(Field::externalId);
    readPhone(row, out, used);
    readEmail(row, out, used);
    readConsent(row, out, used);
    const auto optOut = byField_.find(Field::doNotContact);
    if (optOut != byField_.end())
        for (const auto column : optOut->second) {
            used[column] = true;
            if (isOptOut(row.fields[column]) && out.suppressed.empty())
                for (const auto& address : {lead.phone, lead.email})
                    if (!address.empty()) out.suppressed.push_back(address);
        }
    lead.custom = Json::object();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (columns_[i].field != Field::custom && row.fields[i].size() > kLongestCell)
            return "\"" + columns_[i].name.substr(0, 40) + "\" is longer than 1,000 characters";
        if (!used[i] && !row.fields[i].empty()) lead.custom[customNames_[i]] = row.fields[i];
    }
    if (lead.externalId.size() > kLongestKey) return "the id is longer than 200 characters";
    lead.evidence = Json{{"import", {{"line", row.line}}}};
    if (!out.remarks.empty()) lead.evidence["import"]["remarks"] = out.remarks;
    if (!lead.phone.empty() || !lead.email.empty()) return {};
    return out.remarks.empty() ? "neither a phone number nor an e-mail address"
                               : join(out.remarks, "; ") + "; nothing else to reach them by";
}

}  // namespace

namespace {

constexpr std::size_t kBlock = 8192;  // rows that are read before they are shared out

/// What became of one row.
struct ReadRow {
    ListedLead listed;
    std::string reason;  ///< why it is rejected
};

/// Rows are independent of one another, and telling phone numbers apart is most of the work.
std::vector<ReadRow> readRows(const RowReader& reader, const std::vector<CsvRow>& rows) {
    std::vector<ReadRow> read(rows.size());
    const std::size_t parts =
        std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 1 + rows.size() / 256);
    std::vector<std::exception_ptr> faults(parts);
    const auto work = [&](std::size_t part) {
        try {
            for (auto i = rows.size() * part / parts; i < rows.size() * (part + 1) / parts; ++i) {
                read[i].listed.line = rows[i].line;
                read[i].reason = rows[i].problem.empty() ? reader.read(rows[i], read[i].listed)
                                                         : "the row " + rows[i].problem;
            }
        } catch (...) {
            faults[part] = std::current_exception();
        }
    };
    std::vector<std::thread> threads;
    for (std::size_t part = 1; part < parts; ++part) threads.emplace_back(work, part);
    work(0);
    for (auto& thread : threads) thread.join();
    for (const auto& fault : faults)
        if (fault) std::rethrow_exception(fault);
    return read;
}

}  // namespace

ImportReport soFar(const LeadList& list) {
    return {list.rows, static_cast<int>(list.leads.size()), 0, static_cast<int>(list.rejected.size()), {},
            {}};
}

LeadList readLeads(std::string_view bytes, const ImportOptions& options, Instant now) {
    CsvReader csv(bytes, options.file);
    const RowReader reader(csv.header(), options.file + ":" + std::to_string(csv.headerLine()), options, now);
    LeadList list;
    for (bool more = true; more;) {
        std::vector<CsvRow> rows;
        CsvRow row;
        while (rows.size() < kBlock && (more = csv.next(row))) rows.push_back(std::move(row));
        for (auto& [listed, reason] : readRows(reader, rows)) {
            ++list.rows;
            if (reason.empty())
                list.leads.push_back(std::move(listed));
            else
                list.rejected.push_back({listed.line, "rejected", std::move(reason)});
        }
        if (options.tell) options.tell(soFar(list));
    }
    return list;
}

}  // namespace overture::campaign
