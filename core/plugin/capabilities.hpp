#pragma once

#include <overture/operations.h>

#include <string>
#include <string_view>
#include <vector>

namespace overture::plugin {

/// Ids of all capabilities this engine can call, sorted.
std::vector<std::string> knownCapabilities();

/// Names of the operations of a capability, in the order of its table; none of one whose functions are no operations (carrier.media/1).
std::vector<std::string> operationsOf(std::string_view capability);

/// The sentence why a plugin's table for `capability` cannot be used; empty when it can.
std::string tableTrouble(std::string_view capability, const void* table);

/// The function of a checked table; nullptr when the capability has no operation of that name.
overture_operation_t slotOf(std::string_view capability, std::string_view operation, const void* table);

/// False for an operation that only reads what it is given and asks nobody.
bool goesOut(std::string_view capability, std::string_view operation);

}  // namespace overture::plugin
