#include "agent/pattern.hpp"

#include "base/error.hpp"

namespace overture::agent {
namespace {

std::string utf8(const icu::UnicodeString& text) {
    std::string out;
    text.toUTF8String(out);
    return out;
}

}  // namespace

Pattern::Pattern(const char* expression) {
    UErrorCode status = U_ZERO_ERROR;
    UParseError place;
    pattern_.reset(icu::RegexPattern::compile(icu::UnicodeString::fromUTF8(expression),
                                              UREGEX_CASE_INSENSITIVE, place, status));
    if (U_FAILURE(status)) throw Error(std::string("bad pattern: ") + expression, "core/agent");
}

std::vector<std::vector<std::string>> Pattern::all(std::string_view text) const {
    UErrorCode status = U_ZERO_ERROR;
    const auto input =
        icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int>(text.size())));
    const std::unique_ptr<icu::RegexMatcher> matcher(pattern_->matcher(input, status));
    if (U_FAILURE(status)) throw Error("the text could not be searched", "core/agent");
    std::vector<std::vector<std::string>> out;
    while (matcher->find(status)) {
        std::vector<std::string> groups;
        for (int i = 0; i <= matcher->groupCount(); ++i) groups.push_back(utf8(matcher->group(i, status)));
        out.push_back(std::move(groups));
    }
    if (U_FAILURE(status)) throw Error("the text could not be searched", "core/agent");
    return out;
}

}  // namespace overture::agent
