// Room compliance: who may be reached, when and why; times in people's words. A pure Gate makes Permits; nothing goes out without one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"

namespace overture::compliance {

/// What speaks of a person's place. Every field may be empty. What they said and the CRM field outrank the number.
struct PlaceEvidence {
    std::string phone{};    ///< E.164
    std::string country{};  ///< ISO 3166-1 alpha-2
    std::string state{};    ///< postal abbreviation or name
    std::string postalCode{};
    std::string zone{};     ///< IANA name from CRM or file
    std::string said{};     ///< "I'm in Phoenix": a zone name, a city or a state
    std::string ipState{};  ///< state of the web form's address

    Json toJson() const;
    static PlaceEvidence fromJson(
        const Json& document);  ///< fields as the asking commands spell them (architecture.md)
};

struct Places {
    std::vector<std::string> zones;  ///< candidates, IANA, sorted; empty: unknown, so nothing is allowed
    std::vector<std::string> jurisdictions;  ///< "US", "US-FL", "IN", "GB", "*"; all of them bind
    std::vector<std::string> by;             ///< which evidence left them: "phone", "zone", "state", …
    std::vector<std::string> problems;       ///< evidence that could not be used, and why
};

/// Pure, any thread. A zone that is no zone is no evidence.
Places placesOf(const PlaceEvidence& evidence);

struct PhoneCheck {
    bool valid = false;
    std::string e164, type, region;  ///< type: mobile, fixed_line, fixed_line_or_mobile, toll_free, voip, …
    std::string reason;              ///< why not valid
};

/// libphonenumber's verdict on what a person typed; "00" may stand for "+". `region` (alpha-2): where no country code is given.
PhoneCheck checkPhone(const std::string& raw, const std::string& region = {});

}  // namespace overture::compliance
