// Lua's patterns (reference manual 5.4, section 6.4.1), matched by steps that are counted.
//
// The library's own matcher backtracks inside C, where no hook fires: k items like ".-" over n characters
// cost n^k. This one is written anew from the manual and calls `count` for every position it tries, so the
// turn's instruction limit ends it. Differences: at most kDepth nested items (the manual's own limit is 200),
// locale-free character classes.
#pragma once

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace overture::playbook {

/// A malformed pattern; the text says what is wrong with it.
struct PatternError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Capture {
    std::size_t from = 0;
    std::size_t length = 0;
    bool isPosition = false;  ///< "()": `from` is what counts
};

class Pattern {
public:
    static constexpr int kDepth = 200;
    static constexpr std::size_t kCaptures = 32;

    /// Both texts must outlive the object. `count(n)` is called before n steps of work and may throw.
    Pattern(std::string_view subject, std::string_view pattern, std::function<void(std::size_t)> count);

    /// The first match at or after `from`; false when there is none.
    bool find(std::size_t from);
    /// A match starting exactly at `from`.
    bool matchAt(std::size_t from);

    std::size_t matchFrom() const { return from_; }
    std::size_t matchTo() const { return to_; }
    const std::vector<Capture>& captures() const { return captures_; }

private:
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    std::size_t match(std::size_t at, std::size_t item);
    std::size_t maxExpand(std::size_t at, std::size_t item, std::size_t next);
    std::size_t minExpand(std::size_t at, std::size_t item, std::size_t next);
    std::size_t startCapture(std::size_t at, std::size_t item, bool position);
    std::size_t endCapture(std::size_t at, std::size_t item);
    std::size_t balanced(std::size_t at, std::size_t item);
    std::size_t backReference(std::size_t at, char digit);
    bool frontier(std::size_t at, std::size_t item, std::size_t end);
    std::size_t itemEnd(std::size_t item) const;
    bool single(std::size_t at, std::size_t item, std::size_t end) const;
    bool inSet(unsigned char c, std::size_t item, std::size_t last) const;
    unsigned char subjectAt(std::size_t at) const {
        return at < subject_.size() ? static_cast<unsigned char>(subject_[at]) : 0;
    }

    std::string_view subject_, pattern_;
    std::function<void(std::size_t)> count_;
    std::vector<Capture> captures_;
    std::vector<bool> open_;
    std::size_t from_ = 0, to_ = 0;
    int depth_ = 0;
};

/// True when the pattern has no magic characters: a plain text search finds the same.
bool isPlain(std::string_view pattern);

}  // namespace overture::playbook
