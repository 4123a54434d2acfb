#include "base/uuid_series.hpp"

namespace overture {

Uuid Uuid7Series::next() {
    auto uuid = uuid7(at_);
    const auto number = counter_++;
    uuid.bytes[6] = static_cast<std::uint8_t>(0x70 | (number >> 22 & 0x0f));
    uuid.bytes[7] = static_cast<std::uint8_t>(number >> 14);
    uuid.bytes[8] = static_cast<std::uint8_t>(0x80 | (number >> 8 & 0x3f));
    uuid.bytes[9] = static_cast<std::uint8_t>(number);
    return uuid;
}

}  // namespace overture
