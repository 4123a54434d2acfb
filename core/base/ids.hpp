#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace overture {

/// 128 bits as RFC 9562 writes them.
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    std::string text() const;
    static std::optional<Uuid> parse(std::string_view text);
    auto operator<=>(const Uuid&) const = default;
};

/// Version 7: milliseconds since 1970 first, so keys arrive in order. `entropy` fills the rest.
Uuid uuid7(Instant at, std::uint64_t entropyHigh, std::uint64_t entropyLow);
/// Version 7 with entropy from the operating system. Any thread.
Uuid uuid7(Instant at);
/// Version 7 whose entropy is a digest of `name`: the same inputs give the same id (law 9). Any thread.
Uuid uuid7(Instant at, std::string_view name);

/// One type per kind of id: a lead's id is not a delivery's. Ids never convert into one another.
template <typename Tag>
struct Id {
    Uuid uuid;

    Id() = default;
    explicit Id(const Uuid& value) : uuid(value) {}
    std::string text() const { return uuid.text(); }
    static std::optional<Id> parse(std::string_view text) {
        const auto value = Uuid::parse(text);
        return value ? std::optional<Id>(Id(*value)) : std::nullopt;
    }
    bool empty() const { return uuid == Uuid{}; }
    auto operator<=>(const Id&) const = default;
};

using OrganizationId = Id<struct OrganizationTag>;
using UserId = Id<struct UserTag>;
using BindingId = Id<struct BindingTag>;
using LeadId = Id<struct LeadTag>;
using CampaignId = Id<struct CampaignTag>;
using ConversationId = Id<struct ConversationTag>;
using EventId = Id<struct EventTag>;
using WebhookId = Id<struct WebhookTag>;
using DeliveryId = Id<struct DeliveryTag>;
using PermitId = Id<struct PermitTag>;
using AttemptId = Id<struct AttemptTag>;
using ConsentId = Id<struct ConsentTag>;
using ManagerId = Id<struct ManagerTag>;  ///< account manager
using MeetingId = Id<struct MeetingTag>;

}  // namespace overture

template <typename Tag>
struct std::hash<overture::Id<Tag>> {
    std::size_t operator()(const overture::Id<Tag>& id) const noexcept {
        return std::hash<std::string_view>{}(
            std::string_view(reinterpret_cast<const char*>(id.uuid.bytes.data()), id.uuid.bytes.size()));
    }
};
