// The numbers of a do-not-call list as its files give them: one a line, "area code,number", or a CSV with a header.
#pragma once

#include <cstdint>
#include <istream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace overture::compliance {

/// Collects the numbers of one list from any number of files. Eight bytes a number. One thread.
///
/// Lines: a number (national in `country`, or international with + or 00), in the first field; "202,5550100" (area code and
/// number, as the US registry's flat files have them); or, after a header, the column whose name speaks of a phone or number,
/// with an area code's column in front of it, `preferences` ("0" blocks everything, "1#4" those categories) and `opstype`
/// (D: taken off the list). Separator `,` `;` `|` or tab. Empty lines are skipped.
class NumberList {
public:
    struct BadLine {
        std::string file;
        std::int64_t line = 0;  ///< in that file; the first is 1
        std::string text, why;
    };
    static constexpr std::size_t kBadLinesKept = 20;

    /// `country` (alpha-2) is assumed where a number has no country code; "" takes international ones only. With
    /// `categories`, a preference counts that blocks everything or one of them; without, any does.
    explicit NumberList(std::string country, std::set<int> categories = {});

    /// Throws Error for what is no such list at all: packed, XML, a list of changes, a header without numbers.
    void read(std::istream& in, const std::string& name);

    std::int64_t lines() const { return lines_; }  ///< with something on them, headers left out
    std::int64_t bad() const { return bad_; }      ///< that no number could be read from
    std::int64_t other() const {
        return other_;
    }  ///< good ones that block only other categories, or are taken off
    const std::vector<BadLine>& badLines() const { return badLines_; }  ///< the first of them
    /// In ascending order, each once: E.164 without the plus. Empties the list.
    std::vector<std::uint64_t> take();

private:
    struct Columns {
        std::size_t number = 0;
        std::size_t area = std::string::npos, preferences = std::string::npos, change = std::string::npos;
    };
    enum class Reading { good, other, bad };

    bool begin(std::string_view line, const std::string& name);
    Reading readLine(std::string_view line, std::string& why);
    bool wanted(std::string_view preferences, std::string& why) const;
    bool readNumber(std::string_view area, std::string_view text, std::string& why);
    void note(const std::string& name, std::int64_t line, std::string_view text, std::string why);

    std::string country_, calling_;
    std::set<int> categories_;
    char separator_ = ',';
    Columns columns_;
    std::vector<std::uint64_t> numbers_;
    std::vector<BadLine> badLines_;
    std::int64_t lines_ = 0, bad_ = 0, other_ = 0;
};

}  // namespace overture::compliance
