#pragma once

#include <string>
#include <string_view>

#include "compliance/evidence.hpp"
#include "compliance/tables.hpp"

namespace overture::compliance {

/// What an E.164 number says of its owner's place.
struct NumberEvidence {
    bool readable = false;       ///< could be dialled: known country code, possible length
    std::string country;         ///< alpha-2; empty for non-geographic ones
    const Spot* spot = nullptr;  ///< nullptr: no place (toll-free, personal, satellite)
};

/// Any thread. Fast for the North American plan and what it has seen lately; otherwise libphonenumber is asked.
NumberEvidence readNumber(std::string_view e164);
/// What libphonenumber alone says, slowly: readNumber() must agree.
NumberEvidence readNumberByLibrary(std::string_view e164);

/// What libphonenumber alone says to checkPhone()'s question, slowly: checkPhone() must agree.
PhoneCheck checkPhoneByLibrary(const std::string& raw, const std::string& region);

}  // namespace overture::compliance
