// What the engine asks of who keeps objects, read and checked.
#pragma once

#include "overture/plugin.hpp"

namespace overture::sdk {

/// "calls/01a2…/2026-11/01a2….wav"; see overture/storage.h.
inline bool isObjectKey(std::string_view key) {
    constexpr std::size_t kLongest = 512;
    if (key.empty() || key.size() > kLongest || key.back() == '/') return false;
    char before = '/';
    for (const char c : key) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '-' && c != '_' && c != '.' && c != '/') return false;
        if (before == '/' && (c == '/' || c == '.')) return false;
        before = c;
    }
    return true;
}

/// An operation's request; each throws Refused (invalid) with the place.
class ObjectRequest {
public:
    explicit ObjectRequest(const Json& request) : request_(request) {}

    std::string key() const {
        auto key = text("key", 512);
        if (!isObjectKey(key))
            throw Refused(Outcome::invalid,
                          "key: write segments of letters, digits, -, _ and ., joined by /");
        return key;
    }
    /// "audio/wav"; "" when there is none.
    std::string contentType() const { return word("content_type", "-+./"); }
    /// A name for who saves it; "" when there is none.
    std::string fileName() const { return word("file_name", "-_."); }
    std::int64_t from() const { return number("from", 0, 0, INT64_MAX); }
    std::int64_t most() const { return number("most", INT64_MAX, 1, INT64_MAX); }
    /// For which a link is good: at most a week.
    std::int64_t seconds() const { return number("seconds", 0, 1, 604'800); }

private:
    std::string text(const char* name, std::size_t longest) const {
        const auto found = request_.find(name);
        if (found == request_.end() || found->is_null()) return {};
        if (!found->is_string() || found->get_ref<const std::string&>().size() > longest)
            throw Refused(Outcome::invalid, std::string(name) + ": this is no text of at most " +
                                                std::to_string(longest) + " bytes");
        return *found;
    }
    std::string word(const char* name, std::string_view others) const {
        auto value = text(name, 100);
        for (const char c : value)
            if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
                others.find(c) == std::string_view::npos)
                throw Refused(Outcome::invalid,
                              std::string(name) + ": only letters, digits and " + std::string(others));
        return value;
    }
    std::int64_t number(const char* name, std::int64_t otherwise, std::int64_t least,
                        std::int64_t most) const {
        const auto found = request_.find(name);
        const bool none = found == request_.end() || found->is_null();
        if (none && otherwise >= least) return otherwise;
        const bool whole = !none && found->is_number_integer() &&
                           (!found->is_number_unsigned() || found->get<std::uint64_t>() <= INT64_MAX);
        if (!whole || found->get<std::int64_t>() < least || found->get<std::int64_t>() > most)
            throw Refused(Outcome::invalid,
                          std::string(name) + ": write a whole number from " + std::to_string(least));
        return found->get<std::int64_t>();
    }

    const Json& request_;
};

}  // namespace overture::sdk
