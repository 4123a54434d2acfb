#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "plugin/host.hpp"
#include "store/database.hpp"

namespace overture::service {

struct HttpAnswer {
    int status = 200;
    std::string contentType = "text/plain";
    std::string body;
};

/// Takes a carrier's webhook in: the plugin verifies and reads it, then ONE transaction keeps its bytes and puts its events into
/// their conversations' mailboxes; only then is it acknowledged. The same event twice is one event. Any thread.
class Intake {
public:
    /// Throws Error for an unknown binding or a plugin that will not open.
    using InstanceOf =
        std::function<std::shared_ptr<plugin::Instance>(const OrganizationId&, const BindingId&)>;
    Intake(
        store::Database& database, InstanceOf instanceOf, std::function<void()> wake = [] {});

    /// `url` is the full public URL as the carrier called it. 404 unknown binding, 403 wrong signature, 400 unreadable, 503 when
    /// the database is away (the carrier tries again).
    HttpAnswer receive(const BindingId& binding, const std::string& method, const std::string& url,
                       const Json& headers, const std::string& body, Instant now);

private:
    std::optional<OrganizationId> organizationOf(const BindingId& binding);
    HttpAnswer take(const OrganizationId& organization, const BindingId& binding, const std::string& method,
                    const std::string& url, const Json& headers, const std::string& body, Instant now);

    store::Database& database_;
    InstanceOf instanceOf_;
    std::function<void()> wake_;
    std::mutex mutex_;
    std::map<BindingId, OrganizationId> owners_;  // a binding never changes hands
};

}  // namespace overture::service
