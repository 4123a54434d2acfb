#include "feed/endpoints.hpp"

#include <sodium.h>

#include <algorithm>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "queries/feed.hpp"

namespace overture::feed {
namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kLongestUrl = 2000;

std::string newSecret() {
    std::string bytes(kSecretBytes, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    return std::string(kSecretPrefix) + toBase64(bytes);
}

}  // namespace

std::optional<std::string> faultOfUrl(const std::string& url) {
    const auto lower = lowerAscii(url);
    if (!lower.starts_with("https://") && !lower.starts_with("http://"))
        return "it begins with https:// (or http:// for a host of your own network that the operator allows)";
    if (url.size() > kLongestUrl) return "it has more than " + std::to_string(kLongestUrl) + " characters";
    if (std::any_of(url.begin(), url.end(), [](unsigned char c) { return c <= 0x20 || c >= 0x7f; }))
        return "it has blanks or characters that no URL has";
    const auto host =
        url.substr(url.find("//") + 2, url.find_first_of("/?#", url.find("//") + 2) - url.find("//") - 2);
    if (host.empty() || host.find('@') != std::string::npos)
        return "it names a host, and neither user nor password";
    return std::nullopt;
}

std::optional<std::string> faultOfKinds(const std::vector<std::string>& wanted) {
    auto all = kinds();
    std::erase(all, "campaign.progress");
    for (const auto& kind : wanted)
        if (std::find(all.begin(), all.end(), kind) == all.end()) {
            const auto near = nearest(kind, all);
            return "there is no kind \"" + kind + "\"" +
                   (near.empty() ? "; they are: " + join(all, ", ") : "; did you mean " + near);
        }
    return std::nullopt;
}

NewEndpoint createEndpoint(store::Transaction& tx, const OrganizationId& organization, const std::string& url,
                           const std::vector<std::string>& wanted, const std::string& about,
                           const tenant::Vault& vault, Instant now) {
    const NewEndpoint made{EndpointId(uuid7(now)), newSecret()};
    tx.run(sql::feed::insert_endpoint,
           {organization, made.id, url, store::Param::array(wanted), about,
            store::Param::bytes(vault.seal({{"now", made.secret}}, made.id)), now});
    return made;
}

std::vector<Endpoint> endpoints(store::Transaction& tx, const OrganizationId& organization,
                                const std::optional<EndpointId>& only) {
    std::vector<Endpoint> all;
    const auto rows = tx.run(sql::feed::endpoints, {organization, only});
    for (const auto row : rows)
        all.push_back({row.id<EndpointId>("endpoint_id"), row.text("url"), row.array("kinds"),
                       row.text("about"), row.text("state") == "on", row.text("note"),
                       static_cast<int>(row.integer("failures")), row.maybeInstant("resting_until"),
                       row.maybeInstant("secret_before_until"), row.instant("created_at"), row.integer("due"),
                       row.integer("dead")});
    return all;
}

bool changeEndpoint(store::Transaction& tx, const OrganizationId& organization, const EndpointId& endpoint,
                    const EndpointChange& change) {
    const auto state = change.on ? std::optional<std::string>(*change.on ? "on" : "off") : std::nullopt;
    return tx.run(sql::feed::change_endpoint,
                  {organization, endpoint, change.url,
                   change.kinds ? store::Param::array(*change.kinds) : store::Param(nullptr), change.about,
                   state})
               .affected() > 0;
}

bool removeEndpoint(store::Transaction& tx, const OrganizationId& organization, const EndpointId& endpoint) {
    return tx.run(sql::feed::remove_endpoint, {organization, endpoint}).affected() > 0;
}

std::optional<std::string> rotateSecret(store::Transaction& tx, const OrganizationId& organization,
                                        const EndpointId& endpoint, const tenant::Vault& vault, Instant now) {
    const auto rows = tx.run(sql::feed::endpoint_secrets, {organization, endpoint});
    if (rows.empty()) return std::nullopt;
    const auto before = vault.unseal(rows[0].bytes("secrets"), endpoint);
    const auto secret = newSecret();
    tx.run(sql::feed::save_endpoint_secrets,
           {organization, endpoint,
            store::Param::bytes(vault.seal({{"now", secret}, {"before", before.at("now")}}, endpoint)),
            now + kBothSecrets});
    return secret;
}

std::size_t replay(store::Transaction& tx, const OrganizationId& organization, const EndpointId& endpoint,
                   const Replay& which, Instant now) {
    tx.queue(sql::feed::wake_endpoint, {organization, endpoint});
    return tx
        .run(sql::feed::replay_sends, {organization, endpoint, now, which.only, which.sentToo, which.since})
        .affected();
}

std::string signatures(const std::vector<std::string>& secrets, const std::string& id, std::int64_t timestamp,
                       const std::string& body) {
    std::vector<std::string> all;
    for (const auto& secret : secrets) {
        const auto key = fromBase64(std::string_view(secret).substr(kSecretPrefix.size()));
        const auto digest = hmacSha256(key, id + "." + std::to_string(timestamp) + "." + body);
        all.push_back("v1," + toBase64({reinterpret_cast<const char*>(digest.data()), digest.size()}));
    }
    return join(all, " ");
}

}  // namespace overture::feed
