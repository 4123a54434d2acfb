// The Gmail API of one mailbox ("me").
#pragma once

#include <chrono>

#include "overture/oauth2.hpp"
#include "settings.hpp"

namespace overture::gmail {

/// Ends an operation with what it means.
struct Stopped {
    sdk::Answer answer;
};

/// How long an operation may still take.
class Until {
public:
    explicit Until(std::int64_t deadlineMs) : end_(Steady::now() + std::chrono::milliseconds(deadlineMs)) {}
    std::int64_t leftMs() const {
        return std::chrono::floor<std::chrono::milliseconds>(end_ - Steady::now()).count();
    }

private:
    using Steady = std::chrono::steady_clock;
    Steady::time_point end_;
};

/// Any thread.
class Api {
public:
    Api(sdk::Host host, const Settings& settings)
        : access_(host, settings.grant()), base_(settings.baseUrl + "/gmail/v1/users/me") {}

    /// The answer as it came; throws Stopped when there is no token to ask with.
    sdk::HttpAnswer ask(const char* method, const std::string& path, const std::string& body,
                        const Until& until) const;
    /// The document of a 2xx answer to a GET; throws Stopped otherwise, with nothing `unknown`.
    sdk::Json read(const std::string& path, const Until& until) const;
    /// The same of a POST that may be repeated.
    sdk::Json change(const std::string& path, const sdk::Json& body, const Until& until) const;
    struct Found {
        std::string id, thread;
    };
    /// The messages that a search finds, the newest first: at most `most`.
    std::vector<Found> search(const std::string& query, int most, const Until& until) const;
    /// The named headers of a message (none: all), with "snippet" and "sizeEstimate".
    sdk::Json metadata(const std::string& id, const std::vector<std::string>& headers,
                       const Until& until) const;

private:
    sdk::OAuth2 access_;
    std::string base_;
};

std::string urlEncoded(std::string_view text);
bool isSuccess(const sdk::HttpAnswer& answer);
/// The value of a header in what metadata() gave; "" when absent.
std::string headerIn(const sdk::Json& metadata, std::string_view name);

}  // namespace overture::gmail
