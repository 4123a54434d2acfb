#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct pcre2_real_code_8;

namespace overture::agent {

/// A regular expression as PCRE2 reads it: without regard to case, letters and digits of every script. Its work is bounded. Made
/// once, used by any thread.
class Pattern {
public:
    explicit Pattern(const char* expression);
    /// Every match: the whole first, then its groups ("" for one that took no part). Throws Error when the bound is reached.
    std::vector<std::vector<std::string>> all(std::string_view text) const;
    /// Where each match begins and ends.
    std::vector<std::pair<std::size_t, std::size_t>> places(std::string_view text) const;

private:
    template <typename Take>
    void each(std::string_view text, const Take& take) const;
    std::shared_ptr<const pcre2_real_code_8> code_;
};

}  // namespace overture::agent
