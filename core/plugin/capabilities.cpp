#include "plugin/capabilities.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <set>

namespace overture::plugin {
namespace {

struct Operation {
    std::string_view capability, name;
    std::size_t offset;
    std::size_t tableSize;  ///< of the capability's first revision
};

#define OVERTURE_ROW(id, type, slot) Operation{id, #slot, offsetof(type, slot), sizeof(type)},
constexpr std::array kOperations{OVERTURE_OPERATIONS(OVERTURE_ROW)};
#undef OVERTURE_ROW

overture_operation_t slotAt(const void* table, std::size_t offset) {
    overture_operation_t slot = nullptr;
    std::memcpy(&slot, static_cast<const std::byte*>(table) + offset, sizeof slot);
    return slot;
}

}  // namespace

std::vector<std::string> knownCapabilities() {
    std::set<std::string> ids;
    for (const auto& operation : kOperations) ids.emplace(operation.capability);
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
    std::uint32_t size = 0;
    std::memcpy(&size, table, sizeof size);
    for (const auto& operation : kOperations) {
        if (operation.capability != capability) continue;
        if (size < operation.tableSize)
            return of + " has " + std::to_string(size) + " bytes where " +
                   std::to_string(operation.tableSize) + " are needed";
        if (slotAt(table, operation.offset) == nullptr)
            return of + " has no function for " + std::string(operation.name);
    }
    return {};
}

overture_operation_t slotOf(std::string_view capability, std::string_view operation, const void* table) {
    for (const auto& row : kOperations)
        if (row.capability == capability && row.name == operation) return slotAt(table, row.offset);
    return nullptr;
}

}  // namespace overture::plugin
