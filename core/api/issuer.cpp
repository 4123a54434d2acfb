#include "api/issuer.hpp"

#include <Poco/URI.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <sodium.h>

#include <algorithm>
#include <memory>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "tenant/passwords.hpp"

namespace overture::api {
namespace {

constexpr int kAtOnce = 2;
constexpr milliseconds kPatience{5000};
constexpr seconds kKept{600}, kKeysAskedAgainAfter{60}, kClocksMayDiffer{60};
constexpr std::size_t kMostIssuers = 1000;
constexpr std::size_t kLargestAnswer = 256UL * 1024;
constexpr int kFewestBits = 2048;
constexpr std::size_t kCoordinate = 32;  // bytes, of P-256

template <auto release>
struct With {
    template <typename T>
    void operator()(T* thing) const {
        release(thing);
    }
};
using Key = std::unique_ptr<EVP_PKEY, With<EVP_PKEY_free>>;
using Number = std::unique_ptr<BIGNUM, With<BN_free>>;

const unsigned char* raw(const std::string& bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

Number numberIn(const Json& key, const char* name) {
    const auto bytes = tenant::fromBase64Url(textOf(key, name));
    if (!bytes || bytes->empty()) return nullptr;
    return Number(BN_bin2bn(raw(*bytes), static_cast<int>(bytes->size()), nullptr));
}

Key keyFrom(const char* kind, OSSL_PARAM_BLD* builder) {
    const std::unique_ptr<OSSL_PARAM, With<OSSL_PARAM_free>> params(OSSL_PARAM_BLD_to_param(builder));
    const std::unique_ptr<EVP_PKEY_CTX, With<EVP_PKEY_CTX_free>> context(
        EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
    EVP_PKEY* key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
        return nullptr;
    return Key(key);
}

using Builder = std::unique_ptr<OSSL_PARAM_BLD, With<OSSL_PARAM_BLD_free>>;

Key rsaKey(const Json& key) {
    const auto n = numberIn(key, "n"), e = numberIn(key, "e");
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!n || !e || BN_num_bits(n.get()) < kFewestBits ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
        return nullptr;
    return keyFrom("RSA", builder.get());
}

Key ecKey(const Json& key) {
    const auto x = tenant::fromBase64Url(textOf(key, "x")), y = tenant::fromBase64Url(textOf(key, "y"));
    if (textOf(key, "crv") != "P-256" || !x || !y || x->size() != kCoordinate || y->size() != kCoordinate)
        return nullptr;
    const auto point = "\x04" + *x + *y;
    const Builder builder(OSSL_PARAM_BLD_new());
    if (OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                         point.size()) != 1)
        return nullptr;
    return keyFrom("EC", builder.get());
}

/// A JWT's 64 bytes as OpenSSL wants them.
std::string derOf(const std::string& signature) {
    if (signature.size() != 2 * kCoordinate) return {};
    const std::unique_ptr<ECDSA_SIG, With<ECDSA_SIG_free>> pair(ECDSA_SIG_new());
    ECDSA_SIG_set0(pair.get(), BN_bin2bn(raw(signature), kCoordinate, nullptr),
                   BN_bin2bn(raw(signature) + kCoordinate, kCoordinate, nullptr));
    unsigned char* der = nullptr;
    const int length = i2d_ECDSA_SIG(pair.get(), &der);
    std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(std::max(length, 0)));
    OPENSSL_free(der);
    return out;
}

bool verifies(EVP_PKEY* key, const std::string& text, const std::string& signature) {
    const std::unique_ptr<EVP_MD_CTX, With<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
           EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(text), text.size()) == 1;
}

bool isSignedBy(const tenant::Jwt& token, const Json& jwk) {
    const auto algorithm = textOf(token.header, "alg");
    if (textOf(jwk, "use", "sig") != "sig" || textOf(jwk, "alg", algorithm) != algorithm) return false;
    const bool rsa = algorithm == "RS256";
    if ((!rsa && algorithm != "ES256") || textOf(jwk, "kty") != (rsa ? "RSA" : "EC")) return false;
    const auto key = rsa ? rsaKey(jwk) : ecKey(jwk);
    const auto signature = rsa ? token.signature : derOf(token.signature);
    return key && !signature.empty() && verifies(key.get(), token.signedPart, signature);
}

Problem about(const std::string& issuer, const std::string& what) {
    return {what, issuer, "An admin looks at the issuer's registration."};
}

bool isSafeUrl(const std::string& url) {
    return url.starts_with("https://") && isAscii(url);
}

std::int64_t numberOf(const Json& claims, const char* name) {
    const auto found = claims.find(name);
    return found != claims.end() && found->is_number() ? found->get<std::int64_t>() : 0;
}

bool isFor(const Json& claims, const std::string& client) {
    const auto audience = claims.value("aud", Json());
    if (audience == client) return true;
    return audience.is_array() &&
           std::find(audience.begin(), audience.end(), Json(client)) != audience.end() &&
           (audience.size() == 1 || textOf(claims, "azp") == client);
}

/// What is wrong with the token's claims; "" for nothing.
std::string faultOf(const Json& claims, const Registration& registration, const std::string& nonce,
                    Instant now) {
    const auto at = std::chrono::floor<seconds>(now).time_since_epoch().count();
    if (textOf(claims, "iss") != registration.issuer) return "the token is another issuer's";
    if (!isFor(claims, registration.clientId)) return "the token is for somebody else";
    if (numberOf(claims, "exp") + kClocksMayDiffer.count() <= at) return "the token has expired";
    if (numberOf(claims, "iat") > at + kClocksMayDiffer.count()) return "the token is from a time to come";
    if (nonce.empty() || textOf(claims, "nonce") != nonce) return "the token was made for another sign-in";
    if (textOf(claims, "sub").empty()) return "the token names nobody";
    const auto verified = claims.value("email_verified", Json(false));
    if (verified != true && verified != "true") return "the issuer has not verified the person's address";
    return {};
}

net::HttpRequest get(const std::string& url) {
    net::HttpRequest request;
    request.url = url;
    return request;
}

std::string encoded(const std::string& text) {
    std::string out;
    Poco::URI::encode(text, "!#$%&'()*+,/:;=?@[]\"<>\\^`{|}", out);
    return out;
}

std::string form(const std::vector<std::pair<std::string, std::string>>& fields) {
    std::string out;
    for (const auto& [name, value] : fields) out += (out.empty() ? "" : "&") + name + "=" + encoded(value);
    return out;
}

}  // namespace

bool isSignedByOneOf(const tenant::Jwt& token, const Json& keys) {
    if (token.header.contains("crit") || !keys.is_object() || !keys.value("keys", Json()).is_array())
        return false;
    const auto kid = textOf(token.header, "kid");
    const auto& all = keys["keys"];
    return std::any_of(all.begin(), all.end(), [&](const Json& key) {
        return key.is_object() && (kid.empty() || textOf(key, "kid") == kid) && isSignedBy(token, key);
    });
}

Issuers::Turn::Turn(Issuers& owner) : owner_(owner) {
    const std::lock_guard lock(owner_.mutex_);
    if (owner_.asking_ >= kAtOnce) throw tenant::TooManyAtOnce();
    ++owner_.asking_;
}

Issuers::Turn::~Turn() {
    const std::lock_guard lock(owner_.mutex_);
    --owner_.asking_;
}

Result<Json> Issuers::fetch(const net::HttpRequest& request) {
    auto bounded = request;
    bounded.deadline = kPatience;
    bounded.headers.emplace_back("Accept", "application/json");
    const auto answer = send_(bounded);
    if (const auto* error = std::get_if<net::HttpError>(&answer))
        return about(request.url, "the issuer does not answer: " + error->message);
    const auto& response = std::get<net::HttpResponse>(answer);
    auto document =
        response.body.size() > kLargestAnswer ? Json() : Json::parse(response.body, nullptr, false);
    if (response.status != 200)
        return about(
            request.url,
            "the issuer answered " + std::to_string(response.status) +
                (document.is_object() ? " " + toValidUtf8(textOf(document, "error")).substr(0, 100) : ""));
    if (!document.is_object()) return about(request.url, "the issuer's answer is no JSON object");
    return document;
}

Result<Json> Issuers::configurationOf(const std::string& issuer, Instant now) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = known_.find(issuer); found != known_.end() && now - found->second.at < kKept)
            return found->second.configuration;
    }
    auto base = issuer;
    while (base.ends_with('/')) base.pop_back();
    auto configuration = fetch(get(base + "/.well-known/openid-configuration"));
    if (!configuration) return configuration;
    if (textOf(*configuration, "issuer") != issuer)
        return about(issuer, "its configuration is another issuer's");
    for (const auto* name : {"authorization_endpoint", "token_endpoint", "jwks_uri"})
        if (!isSafeUrl(textOf(*configuration, name)))
            return about(issuer, std::string("its configuration has no ") + name + " by https");
    const std::lock_guard lock(mutex_);
    if (known_.size() >= kMostIssuers) known_.clear();
    known_[issuer] = {*configuration, Json(), now, Instant{}};
    return configuration;
}

/// Keys are asked for anew when one is named that is not among them, but not again and again.
Result<Json> Issuers::keysOf(const std::string& issuer, const std::string& url, const std::string& kid,
                             Instant now) {
    {
        const std::lock_guard lock(mutex_);
        const auto& known = known_[issuer];
        const auto& kept = known.keys;
        const bool there = kept.is_object() && kept.value("keys", Json()).is_array() &&
                           std::any_of(kept["keys"].begin(), kept["keys"].end(), [&](const Json& key) {
                               return kid.empty() || textOf(key, "kid") == kid;
                           });
        const auto age = now - known.keysAt;
        if (age < kKeysAskedAgainAfter || (there && age < kKept)) return kept;
    }
    auto keys = fetch(get(url));
    if (!keys) return keys;
    const std::lock_guard lock(mutex_);
    known_[issuer].keys = *keys;
    known_[issuer].keysAt = now;
    return keys;
}

Result<std::string> Issuers::urlFor(const Turn&, const Registration& registration, const Start& start,
                                    Instant now) {
    const auto configuration = configurationOf(registration.issuer, now);
    if (!configuration) return configuration.problem();
    const auto endpoint = textOf(*configuration, "authorization_endpoint");
    const auto digest = sha256(start.verifier);
    const auto challenge = tenant::toBase64Url({reinterpret_cast<const char*>(digest.data()), digest.size()});
    return endpoint + (endpoint.find('?') == std::string::npos ? "?" : "&") +
           form({{"response_type", "code"},
                 {"client_id", registration.clientId},
                 {"redirect_uri", registration.redirectUrl},
                 {"scope", "openid email"},
                 {"state", start.state},
                 {"nonce", start.nonce},
                 {"code_challenge", challenge},
                 {"code_challenge_method", "S256"}});
}

Result<Arrival> Issuers::arrival(const Turn&, const Registration& registration, const std::string& nonce,
                                 const std::string& verifier, const std::string& code, Instant now) {
    const auto& issuer = registration.issuer;
    const auto configuration = configurationOf(issuer, now);
    if (!configuration) return configuration.problem();
    const auto credentials =
        toBase64(encoded(registration.clientId) + ":" + encoded(registration.clientSecret));
    const auto answer = fetch({.method = "POST",
                               .url = textOf(*configuration, "token_endpoint"),
                               .headers = {{"Authorization", "Basic " + credentials},
                                           {"Content-Type", "application/x-www-form-urlencoded"}},
                               .body = form({{"grant_type", "authorization_code"},
                                             {"code", code},
                                             {"redirect_uri", registration.redirectUrl},
                                             {"code_verifier", verifier}})});
    if (!answer) return answer.problem();
    const auto token = tenant::readJwt(textOf(*answer, "id_token"));
    if (!token) return about(issuer, "it gave no identity token");
    const auto keys = keysOf(issuer, textOf(*configuration, "jwks_uri"), textOf(token->header, "kid"), now);
    if (!keys) return keys.problem();
    if (!isSignedByOneOf(*token, *keys)) return about(issuer, "none of its keys has signed the token");
    if (const auto fault = faultOf(token->claims, registration, nonce, now); !fault.empty())
        return about(issuer, fault);
    return Arrival{textOf(token->claims, "sub"), textOf(token->claims, "email")};
}

}  // namespace overture::api
