#include "push.hpp"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "outcomes.hpp"
#include "overture/bytes.hpp"
#include "overture/documents.hpp"
#include "overture/vendor_answers.hpp"

namespace overture::gmail {

using sdk::Answer;
using sdk::Json;
using sdk::Outcome;
using sdk::textOf;

namespace {

constexpr std::int64_t kKeepKeys = std::int64_t{6} * 3600 * 1'000'000;
constexpr std::int64_t kFetchAgain = std::int64_t{60} * 1'000'000;  // strangers cannot make us ask more often
constexpr std::int64_t kOtherClock = 60;
constexpr std::size_t kLongestToken = 8192, kLargestKeys = 64 * 1024;

template <typename Thing, auto release>
using Owned = std::unique_ptr<Thing, decltype([](Thing* thing) { release(thing); })>;

/// An RSA key of a JWK (RFC 7517); nothing when it is none.
Keys::Key keyIn(const Json& jwk) {
    const auto n = sdk::fromBase64Url(textOf(jwk, "n")), e = sdk::fromBase64Url(textOf(jwk, "e"));
    if (textOf(jwk, "kty") != "RSA" || !n || !e || n->size() < 256 || n->size() > 1024 || e->empty() ||
        e->size() > 8)
        return nullptr;
    const auto number = [](const std::string& bytes) {
        return BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()),
                         nullptr);
    };
    const Owned<BIGNUM, BN_free> modulus(number(*n)), exponent(number(*e));
    const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
    if (!modulus || !exponent || !builder ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
        return nullptr;
    const Owned<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
        return nullptr;
    return {key, EVP_PKEY_free};
}

bool isSigned(std::string_view text, const std::string& signature, EVP_PKEY* key) {
    const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
    return context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
           EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                            signature.size(), reinterpret_cast<const unsigned char*>(text.data()),
                            text.size()) == 1;
}

Answer no(const char* why) {
    return Answer::no(Outcome::rejected, why);
}

/// RFC 7519: what is said must be for us, by the account that pushes, and of now.
Answer judged(const Json& claims, const Settings& settings, std::int64_t now) {
    const auto issuer = textOf(claims, "iss");
    if (issuer != "https://accounts.google.com" && issuer != "accounts.google.com")
        return no("the token is not of Google's accounts");
    if (textOf(claims, "aud") != settings.pushAudience)
        return no("the token is for another audience than push_audience");
    if (textOf(claims, "email") != settings.pushAccount || claims.value("email_verified", Json()) != true)
        return no("the token is of another account than push_account");
    if (sdk::numberOf(claims, "exp") <= now - kOtherClock || sdk::numberOf(claims, "iat") > now + kOtherClock)
        return no("the token is over, or of another clock");
    return Answer::ok(Json::object());
}

}  // namespace

Keys::Key Keys::of(const std::string& id, std::int64_t deadlineMs, std::optional<Answer>& trouble) {
    const auto now = host_.nowMicros();
    {
        const std::scoped_lock lock(mutex_);
        const auto found = kept_.find(id);
        const bool fresh = fetchedAt_ != 0 && now - fetchedAt_ < kKeepKeys;
        if (fresh && found != kept_.end()) return found->second;
        if (fetchedAt_ != 0 && now - fetchedAt_ < kFetchAgain) return nullptr;
    }
    const auto answer =
        host_.http({.method = "GET", .url = url_, .headers = {}, .body = {}, .deadlineMs = deadlineMs});
    const auto document = sdk::parsed(answer.body);
    if (!answer.answered || answer.status != 200 || answer.body.size() > kLargestKeys ||
        sdk::listIn(document, "keys").empty()) {
        trouble = Answer::no(Outcome::transient, "Google's keys could not be had");
        return nullptr;
    }
    std::map<std::string, Key> fetched;
    for (const auto& jwk : sdk::listIn(document, "keys"))
        if (auto key = keyIn(jwk)) fetched.emplace(textOf(jwk, "kid"), std::move(key));
    const std::scoped_lock lock(mutex_);
    kept_ = std::move(fetched);
    fetchedAt_ = now;
    const auto found = kept_.find(id);
    return found == kept_.end() ? nullptr : found->second;
}

Answer proved(const Json& request, const Settings& settings, Keys& keys, std::int64_t nowSeconds,
              std::int64_t deadlineMs) {
    if (settings.pushAudience.empty() || settings.pushAccount.empty())
        return no("nothing proves this call: set push_audience and push_account");
    constexpr std::string_view kBearer = "Bearer ";
    const auto given = sdk::headerOf(request, "Authorization");
    if (!given.starts_with(kBearer) || given.size() > kLongestToken) return no("the call has no token");
    const auto token = std::string_view(given).substr(kBearer.size());
    const auto first = token.find('.'),
               second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos) return no("the token is none");
    const auto head = sdk::fromBase64Url(token.substr(0, first)),
               said = sdk::fromBase64Url(token.substr(first + 1, second - first - 1)),
               signature = sdk::fromBase64Url(token.substr(second + 1));
    const bool plain = signature && sdk::toBase64Url(*signature) == token.substr(second + 1);
    if (!head || !said || !plain) return no("the token is none");
    const auto header = sdk::parsed(*head), claims = sdk::parsed(*said);
    if (textOf(header, "alg") != "RS256" || !claims.is_object())
        return no("the token is not signed as Google signs");
    std::optional<Answer> trouble;
    const auto key = keys.of(textOf(header, "kid"), deadlineMs, trouble);
    if (trouble) return *trouble;
    if (!key || !isSigned(token.substr(0, second), *signature, key.get()))
        return no("the token's signature does not fit");
    return judged(claims, settings, nowSeconds);
}

}  // namespace overture::gmail
