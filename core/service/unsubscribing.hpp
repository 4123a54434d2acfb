#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "service/sorter.hpp"
#include "tenant/tenants.hpp"

namespace overture::service {

/// The address by which the receiver of a delivery says in one click that they want no more (RFC 8058), and what is answered there.
/// A GET shows a page and changes nothing, since mail programs look at links by themselves. A POST is an opt-out: the person is
/// suppressed on every channel at once, and their conversation hears of it as of any other. Any thread.
class Unsubscribing {
public:
    static constexpr const char* kPath = "/unsubscribe/";

    /// `publicUrl` as in ServerOptions; the references must outlive it.
    Unsubscribing(
        store::Database& database, const Clock& clock, const tenant::Vault& vault, std::string publicUrl,
        std::function<void()> wake = [] {});
    /// Signed: nobody can make one for somebody else's delivery.
    std::string urlOf(const OrganizationId& organization, const DeliveryId& delivery) const;
    /// 404 for an address that is not ours, 405 for another method than GET, HEAD and POST, 503 when the database is away.
    HttpAnswer answer(const std::string& method, const std::string& path);

private:
    struct Target {
        OrganizationId organization;
        DeliveryId delivery;
    };
    std::optional<Target> targetOf(const std::string& path) const;
    bool optOut(const Target& target);

    store::Database& database_;
    const Clock& clock_;
    const tenant::Vault& vault_;
    const std::string publicUrl_;
    std::function<void()> wake_;
};

}  // namespace overture::service
