#include "notice.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "outcomes.hpp"
#include "overture/bytes.hpp"
#include "overture/documents.hpp"

namespace overture::ses {
namespace {

constexpr std::size_t kLargestCertificate = 64 * 1024;

struct Url {
    std::string_view host, path;
};

Url split(std::string_view url) {
    constexpr std::string_view kScheme = "https://";
    if (!url.starts_with(kScheme)) return {};
    url.remove_prefix(kScheme.size());
    const auto slash = std::min(url.find('/'), url.size());
    return {url.substr(0, slash), url.substr(slash)};
}

/// "sns.eu-west-1.amazonaws.com", and its sister in China.
bool isHostOfSns(std::string_view host) {
    if (!host.starts_with("sns.")) return false;
    host.remove_prefix(4);
    if (host.ends_with(".cn")) host.remove_suffix(3);
    if (!host.ends_with(".amazonaws.com")) return false;
    host.remove_suffix(14);
    return host.size() >= 3 && host.size() <= 32 && std::all_of(host.begin(), host.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
           });
}

}  // namespace

std::string signedText(const sdk::Json& notice) {
    const auto type = sdk::textOf(notice, "Type");
    std::vector<const char*> names{"Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"};
    if (type == "SubscriptionConfirmation" || type == "UnsubscribeConfirmation")
        names = {"Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"};
    else if (type != "Notification")
        return {};
    std::string text;
    for (const char* name : names) {
        const auto found = notice.find(name);
        if (found != notice.end() && found->is_string())
            text.append(name).append("\n").append(found->get<std::string>()).append("\n");
    }
    return text;
}

bool isOfSns(const std::string& url) {
    return isHostOfSns(split(url).host);
}

bool isCertificateUrl(const std::string& url) {
    const auto path = split(url).path;
    return isOfSns(url) && path.ends_with(".pem") && path.find_first_of("?#@\\") == std::string_view::npos &&
           path.find("..") == std::string_view::npos;
}

bool isSigned(const std::string& text, const std::string& signature, const std::string& version,
              const std::string& certificate) {
    const auto bytes = sdk::fromBase64(signature);
    if (text.empty() || !bytes || bytes->empty() || (version != "1" && version != "2")) return false;
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(
        BIO_new_mem_buf(certificate.data(), static_cast<int>(certificate.size())), &BIO_free);
    const std::unique_ptr<X509, decltype(&X509_free)> read(
        PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr), &X509_free);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        read ? X509_get_pubkey(read.get()) : nullptr, &EVP_PKEY_free);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    if (!key || !context || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) return false;
    const auto* kind = version == "1" ? EVP_sha1() : EVP_sha256();
    return EVP_DigestVerifyInit(context.get(), nullptr, kind, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(bytes->data()),
                            bytes->size(), reinterpret_cast<const unsigned char*>(text.data()),
                            text.size()) == 1;
}

sdk::Answer Certificates::of(const sdk::Host& host, const std::string& url, std::int64_t deadlineMs) {
    {
        const std::scoped_lock lock(mutex_);
        if (const auto found = kept_.find(url); found != kept_.end()) return sdk::Answer::ok(found->second);
    }
    const auto answer =
        host.http({.method = "GET", .url = url, .headers = {}, .body = {}, .deadlineMs = deadlineMs});
    if (!answer.answered || answer.status != 200) return readProblemOf(answer);
    if (answer.body.size() > kLargestCertificate ||
        answer.body.find("-----BEGIN CERTIFICATE-----") == std::string::npos)
        return sdk::Answer::no(sdk::Outcome::transient, "what should be SNS's certificate is none");
    const std::scoped_lock lock(mutex_);
    if (kept_.size() >= kMost) kept_.clear();
    kept_[url] = answer.body;
    return sdk::Answer::ok(answer.body);
}

}  // namespace overture::ses
