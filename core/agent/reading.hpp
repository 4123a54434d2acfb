#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What stands in a text, found by rules: words, sentences, amounts, times, dates, addresses. Pure, any thread.
/// Digits of every script count as digits.
namespace overture::agent::reading {

/// Folded words with single blanks around each: " we can't wait ". Punctuation is gone; apostrophes inside words stay.
std::string words(std::string_view text);
/// Does `phrase` occur in `text` as whole words?
bool says(std::string_view text, std::string_view phrase);
/// The same, not counting places where a negation stands up to three words before it (or, as in Hindi, after it) within
/// the same clause: "we can't guarantee that".
bool affirms(std::string_view text, std::string_view phrase);

/// Runs of white space as one blank, trimmed.
std::string collapse(std::string_view text);
/// Is `text` one of `pieces`, or several of them one after another, word for word (white space apart)?
bool isMadeOf(std::string_view text, const std::vector<std::string>& pieces);
/// Sentences: ended by . ! ? … । or the end of the text. Abbreviations, decimals and clock times do not end one.
int sentences(std::string_view text);
/// The sentences of a text, trimmed; together, with a blank between them, they are the text.
std::vector<std::string> sentencesOf(std::string_view text);
/// How much of a text that is still being written is whole sentences: what follows them has begun.
std::size_t wholeSentences(std::string_view text);

struct Amount {
    double value = 0;
    bool percent = false;
    std::string shown;
};
/// Prices and percentages: "$1,500", "2k rupees", "20 %".
std::vector<Amount> amounts(std::string_view text);
/// Every number: "about 1,50,000 or 2k" → 150000, 2000.
std::vector<double> numbers(std::string_view text);

struct ClockTime {
    int minutes = 0;     ///< since midnight
    bool exact = false;  ///< false: morning or afternoon is left open
    std::string shown;
    bool matches(const ClockTime& other) const;
};
std::vector<ClockTime> clockTimes(std::string_view text);

struct Day {
    int month = 0, day = 0;
    std::string shown;
};
/// Days of a month named in words ("3 March", "Mar. 3rd") or as 2026-03-03 or 3/4/2026 (then both readings, with the
/// same `shown`).
std::vector<Day> days(std::string_view text);
/// Weekdays named in full, 0 = Sunday. `loosely`: short names too ("Tue"), for texts that are lists of times.
std::vector<int> weekdays(std::string_view text, bool loosely);

std::vector<std::string> links(std::string_view text);   ///< lower case, without trailing punctuation
std::vector<std::string> emails(std::string_view text);  ///< lower case
std::vector<std::string> phones(std::string_view text);  ///< digits only, 7 to 15
/// {name}, {{name}}, [Your Name], <first name>, %s
std::vector<std::string> placeholders(std::string_view text);

/// Share of letters in a script that `language` is not written in, 0…1.
double foreignScript(std::string_view text, std::string_view language);
/// The language that the small words of a text betray ("en", "es", "fr", "de", "pt", "hi" in Latin script), when it is
/// clear and it is none of `expected`; "" otherwise.
std::string otherLanguage(std::string_view text, const std::vector<std::string>& expected);

}  // namespace overture::agent::reading
