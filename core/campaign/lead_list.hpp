// A list of leads as its file says it: read, cleaned, each row by itself. No database.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "campaign/campaign.hpp"
#include "turn/types.hpp"

namespace overture::campaign {

/// Proof in the file that one address may be contacted.
struct ListedConsent {
    std::string address, channel;  ///< channel "*": every one
    compliance::ConsentLevel level = compliance::ConsentLevel::none;
    std::string source;
    Instant givenAt;
};

/// One readable row.
struct ListedLead {
    int line = 0;
    turn::Lead lead;  ///< without id; empty strings for what the row does not say
    std::vector<ListedConsent> consents;
    std::vector<std::string> suppressed;  ///< its addresses, when the row says not to contact them
    std::vector<std::string> remarks;     ///< what of the row could not be used
};

struct LeadList {
    int rows = 0;                   ///< with content, good and bad
    std::vector<ListedLead> leads;  ///< in the file's order, duplicates included
    std::vector<ImportRow> rejected;
};

/// How far reading is, for ImportOptions::tell.
ImportReport soFar(const LeadList& list);

/// Pure but for `options.tell`. A cell that no column claims goes to lead.custom under the header's name in lower_snake.
/// Throws Error for a file that is no such table (see CsvReader, columnsOf).
LeadList readLeads(std::string_view bytes, const ImportOptions& options, Instant now);

}  // namespace overture::campaign
