// Which column of a list means what, whatever its owner called it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace overture::campaign {

enum class Field {
    firstName,
    lastName,
    fullName,
    phone,
    email,
    country,
    state,
    postalCode,
    zone,
    language,
    company,
    title,
    externalId,
    consent,
    consentSource,
    consentDate,
    doNotContact,
    custom
};

struct Column {
    Field field = Field::custom;
    std::string name;     ///< as the header has it
    std::string channel;  ///< of a consent column that is for one channel: "sms", "email", "voice",
                          ///< "whatsapp"; else "*"
    int rank =
        0;  ///< among several columns of one field: the lowest is asked first (a mobile before a desk phone)
};

/// Letters and digits of any script, case folded, everything else dropped: "E-Mail_Address" → "emailaddress".
std::string foldName(std::string_view text);

/// What this header means; Field::custom for one that we do not know.
Column columnOf(const std::string& header);

/// One Column per header. Throws Error at `where` when nobody in such a table could be reached: there is
/// neither a phone nor an e-mail column. It names what was found and what is wanted.
std::vector<Column> columnsOf(const std::vector<std::string>& header, const std::string& where);

}  // namespace overture::campaign
