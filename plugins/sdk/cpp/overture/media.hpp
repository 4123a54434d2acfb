// What a person sent along with a message, as carrier.message/1 `media` hands it over.
#pragma once

#include "overture/bytes.hpp"
#include "overture/vendor_answers.hpp"

namespace overture::sdk {

/// So that the document stays below the 8 MiB that one may have.
inline constexpr std::size_t kLargestMedia = 5 * 1024 * 1024;

inline Answer tooLarge() {
    return Answer::no(Outcome::rejected, "it is larger than 5 MiB: look at it where the carrier shows it",
                      "too_large");
}

/// {content_type, body_base64} of the carrier's answer, or why there is none. `type` is what the carrier called it before, "" when
/// only the answer says so. `credentials` is what operators look at when the carrier does not take them.
inline Answer mediaIn(const HttpAnswer& answer, const std::string& vendor, std::string type,
                      const std::string& credentials) {
    if (auto none = unanswered(answer, vendor)) return ofReading(std::move(*none));
    const auto code = std::to_string(answer.status);
    if (answer.status == 404 || answer.status == 410)
        return Answer::no(Outcome::rejected, vendor + " does not have it any more", code);
    if (answer.status != 200)
        return ofReading(byStatus(answer, vendor + " answered " + code, code, credentials));
    const auto called = answer.header("Content-Type");
    if (type.empty()) type = called;
    if (called.starts_with("text/html") && !type.starts_with("text/html"))
        return Answer::no(Outcome::transient, vendor + " answered with a page in place of it", code);
    if (answer.body.empty()) return Answer::no(Outcome::transient, vendor + " answered with nothing", code);
    if (answer.body.size() > kLargestMedia) return tooLarge();
    return Answer::ok({{"content_type", validText(type.substr(0, type.find(';')))},
                       {"body_base64", toBase64(answer.body)}});
}

}  // namespace overture::sdk
