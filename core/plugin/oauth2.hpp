#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "plugin/host.hpp"

namespace overture::plugin {

/// What an access token is asked for by. Secrets are named.
struct TokenRequest {
    bool byRefreshToken = false;  ///< otherwise by the client's own credentials
    bool clientInBody = false;    ///< otherwise HTTP Basic
    std::string url, clientId, clientSecret, refreshToken, scope;
    std::vector<std::pair<std::string, std::string>> fields = {};
    std::string refused = {};  ///< the token that was answered with 401
    milliseconds deadline{10000};
};

/// The access tokens of one binding, by OAuth 2.0: kept until shortly before they end, got by one call at a time. A refresh token
/// that its vendor replaced is kept where the binding's secrets are. Any thread.
class Tokens {
public:
    Tokens(const Services& services, std::string plugin, const Secrets& secrets,
           std::shared_ptr<SecretKeeper> keeper)
        : services_(services), plugin_(std::move(plugin)), secrets_(secrets), keeper_(std::move(keeper)) {}

    /// ok: the document is the token, a text. Otherwise `auth`, where an operator must act, `transient` or `limited`: nothing
    /// but a request for a token was sent.
    Reply token(const TokenRequest& request);
    /// The tokens that were held here of late, for whoever must not write one down.
    std::vector<std::string> known() const;

private:
    struct Kept {
        std::string token;
        Instant until{};
        Reply problem;  ///< of the last time that there was none
        std::uint64_t asked = 0;
    };
    struct Got {
        Reply reply;
        std::string refreshToken;  ///< another one, to be used from now on
        seconds life{0};
    };
    bool isGood(const Kept& kept, const TokenRequest& request) const;
    Got ask(const TokenRequest& request, milliseconds deadline);
    Got askBy(const std::string& refreshToken, const TokenRequest& request, milliseconds deadline) const;
    std::string refreshTokenOf(const std::string& name);
    void replaceRefreshToken(const std::string& name, const std::string& used, const std::string& value);
    void remember(const std::string& token);

    const Services& services_;
    std::string plugin_;
    Secrets secrets_;  ///< refresh tokens as they were last
    std::map<std::string, std::string>
        unkept_;  ///< refresh tokens that could not be kept, and what they replaced
    std::shared_ptr<SecretKeeper> keeper_;
    std::timed_mutex asking_;  ///< held while a token server is asked; guards both
    mutable std::mutex mutex_;
    std::map<std::string, Kept> kept_;
    std::vector<std::string> known_;
};

}  // namespace overture::plugin
