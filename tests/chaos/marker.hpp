// Words that are unlike any other: what tells one message, and one model answer, from the next.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace overture::chaos {

inline constexpr char kInbound = 'z';  ///< begins the marker of an inbound message
inline constexpr char kAnswer = 'y';   ///< begins the serial of a model's answer

/// "zaaaabcp": the kind and seven letters from a to p.
std::string markerOf(char kind, std::uint64_t number);

/// Every marker of this kind in the text, in order.
std::vector<std::string> markersIn(std::string_view text, char kind);

}  // namespace overture::chaos
