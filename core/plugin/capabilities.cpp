#include "plugin/capabilities.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <set>

namespace overture::plugin {
namespace {

struct Operation {
    std::string_view capability, name;
    std::size_t offset;
};

#define OVERTURE_ROW(id, type, slot) Operation{id, #slot, offsetof(type, slot)},
constexpr std::array kOperations{OVERTURE_OPERATIONS(OVERTURE_ROW)};
/// Of functions that are no operations; a table's check needs no more than where they stand.
constexpr std::array kStreamSlots{OVERTURE_STREAM_SLOTS(OVERTURE_ROW)};
#undef OVERTURE_ROW

std::vector<Operation> slotsOf(std::string_view capability) {
    std::vector<Operation> all;
    const auto add = [&](const Operation& one) {
        if (one.capability == capability) all.push_back(one);
    };
    std::for_each(kOperations.begin(), kOperations.end(), add);
    std::for_each(kStreamSlots.begin(), kStreamSlots.end(), add);
    return all;
}

/// Operations that came with a later minor: an older plugin's table ends before them, or has none there.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kLater{
    {{OVERTURE_MODEL_CHAT, "estimate"}, {OVERTURE_CARRIER_MESSAGE, "media"}}};

/// Operations that only read what they are given.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kStaysHere{
    {{OVERTURE_CARRIER_MESSAGE, "webhook"},
     {OVERTURE_CARRIER_CALL, "webhook"},
     {OVERTURE_CHANNEL_CALL, "manners"},
     {OVERTURE_CHANNEL_CALL, "follow"},
     {OVERTURE_CHANNEL_CALL, "speak"},
     {OVERTURE_CHANNEL_MESSAGE, "window"},
     {OVERTURE_CHANNEL_MESSAGE, "compose"},
     {OVERTURE_CHANNEL_MESSAGE, "read"},
     {OVERTURE_CHANNEL_MESSAGE, "measure"},
     {OVERTURE_MODEL_CHAT, "estimate"},
     {OVERTURE_SPEECH_CONVERSE, "estimate"},
     {OVERTURE_CARRIER_SIMULATED, "due"}}};

bool isLater(const Operation& operation) {
    return std::find(kLater.begin(), kLater.end(), std::pair(operation.capability, operation.name)) !=
           kLater.end();
}

std::size_t endOf(const Operation& operation) {
    return operation.offset + sizeof(overture_operation_t);
}

std::uint32_t sizeOf(const void* table) {
    std::uint32_t size = 0;
    std::memcpy(&size, table, sizeof size);
    return size;
}

overture_operation_t slotAt(const void* table, std::size_t offset) {
    overture_operation_t slot = nullptr;
    std::memcpy(&slot, static_cast<const std::byte*>(table) + offset, sizeof slot);
    return slot;
}

}  // namespace

std::vector<std::string> knownCapabilities() {
    std::set<std::string> ids;
    for (const auto& operation : kOperations) ids.emplace(operation.capability);
    for (const auto& slot : kStreamSlots) ids.emplace(slot.capability);
    return {ids.begin(), ids.end()};
}

std::vector<std::string> operationsOf(std::string_view capability) {
    std::vector<std::string> names;
    for (const auto& operation : kOperations)
        if (operation.capability == capability) names.emplace_back(operation.name);
    return names;
}

std::string tableTrouble(std::string_view capability, const void* table) {
    const auto of = "the table of " + std::string(capability);
    if (table == nullptr) return "its library lists " + std::string(capability) + " but has no table for it";
    const auto size = sizeOf(table);
    std::size_t needed = 0;
    const auto slots = slotsOf(capability);
    for (const auto& slot : slots)
        if (!isLater(slot)) needed = std::max(needed, endOf(slot));
    if (size < needed)
        return of + " has " + std::to_string(size) + " bytes where " + std::to_string(needed) + " are needed";
    for (const auto& slot : slots)
        if (!isLater(slot) && endOf(slot) <= size && slotAt(table, slot.offset) == nullptr)
            return of + " has no function for " + std::string(slot.name);
    return {};
}

overture_operation_t slotOf(std::string_view capability, std::string_view operation, const void* table) {
    for (const auto& row : kOperations)
        if (row.capability == capability && row.name == operation)
            return endOf(row) <= sizeOf(table) ? slotAt(table, row.offset) : nullptr;
    return nullptr;
}

bool goesOut(std::string_view capability, std::string_view operation) {
    return std::find(kStaysHere.begin(), kStaysHere.end(), std::pair(capability, operation)) ==
           kStaysHere.end();
}

}  // namespace overture::plugin
