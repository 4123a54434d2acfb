// Reads typed values out of nodes and collects what is wrong with them. Used by the playbook's and the
// people's readers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "playbook/definition.hpp"
#include "playbook/node.hpp"
#include "playbook/vocabulary.hpp"

namespace overture::playbook {

/// A text that will be shown or said, kept for the checks that look at all of them.
struct Written {
    std::string text, place, language;
    bool spoken = false;         ///< a lead reads it
    bool aroundBooking = false;  ///< {slots}, {slot}, {manager} are known
};

class Reader {
public:
    Reader(const Files& files, std::string file, std::vector<Finding>& findings)
        : files_(files), file_(std::move(file)), findings_(findings) {}

    void error(int line, std::string message, std::string suggestion = {});
    void warning(int line, std::string message, std::string suggestion = {});
    std::string place(int line) const { return file_ + ":" + std::to_string(line); }

    /// Reports keys that `word` does not have, items without a key (unless allowed) and keys written twice.
    /// False when `node` is no table at all.
    bool keys(const Node& node, const Word& word, const std::string& label, bool itemsAllowed = false);

    /// Reports items without a name and names written twice. False when `table` is no table of names.
    bool plainTable(const Node& table, const std::string& label);

    std::string string(const Node& table, const std::string& key, const std::string& label);
    bool flag(const Node& table, const std::string& key, bool otherwise);
    std::optional<double> number(const Node& table, const std::string& key);
    int whole(const Node& table, const std::string& key, int otherwise, int least, int most);
    seconds duration(const Node& table, const std::string& key, seconds otherwise);
    std::vector<seconds> durations(const Node& table, const std::string& key);
    std::vector<std::string> strings(const Node& table, const std::string& key, bool mayBeEmpty = false);
    /// A text of the table; `spoken` texts are expected in every language.
    Texts text(const Node& table, const std::string& key, const std::string& label, bool spoken);
    TextLists lines(const Node& table, const std::string& key, const std::string& label,
                    bool aroundBooking = false);
    /// Remembers a text that is not per language.
    void remember(const Node& node, const std::string& text, bool spoken);

    /// "unknown X "name"; did you mean …" unless `name` is among `known`.
    bool knows(int line, const std::string& what, const std::string& name,
               const std::vector<std::string>& known);

    std::vector<std::string> languages{"en"};
    std::vector<Written> written;

private:
    void wrongType(const Node& node, const std::string& label, const std::string& expected);
    void oneText(Texts& out, const Node& node, const std::string& language, const std::string& label,
                 bool spoken);
    void oneLine(TextLists& out, const Node& node, const std::string& label, bool aroundBooking);
    void lineList(TextLists& out, const Node& list, const std::string& language, const std::string& label,
                  bool aroundBooking);
    void missingLanguages(int line, const std::vector<std::string>& present, const std::string& label,
                          bool plain);
    bool isPerLanguage(const Node& node) const;

    const Files& files_;
    std::string file_;
    std::vector<Finding>& findings_;
};

/// "text" of the places of a week: each checks its own form and says nothing when it is right.
std::optional<std::string> problemWithHours(
    const std::string& text);  ///< "Mon-Fri 09:00-17:00, Sat 10:00-12:00"
std::optional<std::string> problemWithDays(const std::string& text);   ///< "Tue-Thu", "Mon, Wed"
std::optional<std::string> problemWithClock(const std::string& text);  ///< "10:00-11:00"

/// Minutes of the longest span in well-formed hours; a whole day when they are not.
int longestSpan(const std::string& hours);

}  // namespace overture::playbook
