#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"

namespace overture::agent {

/// A model's JSON object while it is being written: what stands before one of its members, and that member's text as far as it
/// has come. What is no such object never begins, or has no more text: the whole answer is judged when it is there. One thread.
class PartialAnswer {
public:
    /// `member`: a text of the object, not of anything in it.
    explicit PartialAnswer(std::string member) : member_(std::move(member)) {}
    void take(std::string_view piece);
    const std::string& member() const { return member_; }
    /// The members before it, once its text has begun.
    const std::optional<Json>& before() const { return before_; }
    const std::string& text() const { return text_; }  ///< whole characters of UTF-8; only grows
    bool ended() const { return ended_; }              ///< the text is whole

private:
    void read(char c);
    void readString(char c);
    void stringEnded();
    void readText(char c);
    void readEscape(char c);
    void put(unsigned unit);

    std::string member_;
    std::string seen_;          ///< the object as far as it has come, without the member itself
    std::string string_;        ///< the text that is being read
    std::size_t memberAt_ = 0;  ///< where in `seen_` the last key of the object begins
    int depth_ = 0;
    bool inString_ = false, escaped_ = false, isKey_ = false, keyNext_ = false, found_ = false,
         inText_ = false, ended_ = false, lost_ = false;
    std::string escape_;     ///< after a backslash in the text
    unsigned high_ = 0;      ///< half of a pair
    std::string character_;  ///< bytes of one that is not whole
    std::string text_;
    std::optional<Json> before_;
};

}  // namespace overture::agent
