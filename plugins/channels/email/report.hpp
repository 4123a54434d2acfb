// What mail systems say by themselves: bounces (RFC 3464 and the older free ones), complaints (RFC 5965), automatic answers
// (RFC 3834).
#pragma once

#include <gmime/gmime.h>

#include <optional>
#include <string>
#include <vector>

namespace overture::email {

struct Report {
    enum class Kind { failed, delayed, complaint, other } kind = Kind::other;
    std::string code;                ///< "5.1.1"
    std::string recipient;           ///< whose mailbox it is about
    std::vector<std::string> about;  ///< message ids, with brackets, of what was sent
};

/// Nothing when the message is none. `other` is a report of success, or of a kind that is not known.
std::optional<Report> reportOf(GMimeMessage* message);

/// An answer that no person wrote: Auto-Submitted, list and bulk mail, an empty return path, the subjects of old vacation programs.
bool isAutomatic(GMimeMessage* message, const std::string& subject);

/// A header's raw value with its line folds taken out, "" when it is absent.
std::string headerOf(GMimeMessage* message, const char* name);
/// "<a@b>" and nothing else out of a header's or a text's words, in their order, each once, at most 50.
std::vector<std::string> messageIdsIn(std::string_view text);

}  // namespace overture::email
