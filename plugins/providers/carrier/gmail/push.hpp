// A push of Pub/Sub and its proof: a token of Google's (OIDC), signed with a key that Google publishes.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <openssl/evp.h>

#include "overture/plugin.hpp"
#include "settings.hpp"

namespace overture::gmail {

/// Google's public keys by their ids, fetched when one is wanted that is not known. Any thread.
class Keys {
public:
    using Key = std::shared_ptr<EVP_PKEY>;

    Keys(sdk::Host host, std::string url) : host_(host), url_(std::move(url)) {}
    /// The key, none when Google has none of that id, or the answer to a fetch that failed (`trouble`).
    Key of(const std::string& id, std::int64_t deadlineMs, std::optional<sdk::Answer>& trouble);

private:
    sdk::Host host_;
    std::string url_;
    std::mutex mutex_;
    std::map<std::string, Key> kept_;
    std::int64_t fetchedAt_ = 0;
};

/// ok when the call's bearer token is Google's, of `push_account`, for `push_audience`, and of this hour. `rejected` otherwise;
/// `transient` when the keys cannot be had.
sdk::Answer proved(const sdk::Json& request, const Settings& settings, Keys& keys, std::int64_t nowSeconds,
                   std::int64_t deadlineMs);

}  // namespace overture::gmail
