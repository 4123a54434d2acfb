// Inside api: signing in at an organization's own issuer (OpenID Connect: authorization code with PKCE).
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "net/http_client.hpp"
#include "tenant/jwt.hpp"

namespace overture::api {

using Send = std::function<std::variant<net::HttpResponse, net::HttpError>(const net::HttpRequest&)>;

/// An organization's registration at an issuer.
struct Registration {
    std::string issuer, clientId, clientSecret, redirectUrl;
};

/// What was given to one who was sent to the issuer.
struct Start {
    std::string state, nonce, verifier;
};

/// Who came back: `subject` is theirs at the issuer for good, `email` is one that it has verified.
struct Arrival {
    std::string subject, email;
};

/// Whether one of these keys (a JWK set) has signed `token`, by RS256 or ES256 as the token and the key say alike.
bool isSignedByOneOf(const tenant::Jwt& token, const Json& keys);

/// Asks issuers. Their configuration and keys are kept for ten minutes; at most two are waited for at once. Any thread.
class Issuers {
public:
    explicit Issuers(Send send) : send_(std::move(send)) {}

    /// Held while an issuer is waited for: those who do not answer must not take all threads.
    class Turn {
    public:
        /// Throws TooManyAtOnce.
        explicit Turn(Issuers& owner);
        ~Turn();
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

    private:
        Issuers& owner_;
    };

    /// Where the browser goes. The Problem says what is wrong with the issuer.
    Result<std::string> urlFor(const Turn& turn, const Registration& registration, const Start& start,
                               Instant now);
    /// Redeems the code and believes the identity token when it was signed by the issuer, for us, for this start, and still holds.
    Result<Arrival> arrival(const Turn& turn, const Registration& registration, const std::string& nonce,
                            const std::string& verifier, const std::string& code, Instant now);

private:
    struct Known {
        Json configuration, keys;
        Instant at, keysAt;
    };
    Result<Json> fetch(const net::HttpRequest& request);
    Result<Json> configurationOf(const std::string& issuer, Instant now);
    Result<Json> keysOf(const std::string& issuer, const std::string& url, const std::string& kid,
                        Instant now);

    const Send send_;
    std::mutex mutex_;
    std::map<std::string, Known> known_;
    int asking_ = 0;
};

}  // namespace overture::api
