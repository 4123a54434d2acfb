#pragma once

#include <unicode/regex.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace overture::agent {

/// A regular expression of ICU: Unicode, no recursion, bounded work. Made once, used by any thread.
class Pattern {
public:
    explicit Pattern(const char* expression);
    /// Every match: the whole first, then its groups ("" for one that took no part).
    std::vector<std::vector<std::string>> all(std::string_view text) const;

private:
    std::unique_ptr<icu::RegexPattern> pattern_;
};

}  // namespace overture::agent
