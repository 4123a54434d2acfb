#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "net/http_client.hpp"

namespace overture::net {

/// What `Retry-After` asks for, a day at most; nothing when it says no number of seconds.
inline std::optional<seconds> retryAfterOf(const HttpResponse& response) {
    const auto text = response.header("Retry-After");
    std::int64_t count = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (fault != std::errc() || end != text.data() + text.size() || count < 0) return std::nullopt;
    return seconds(std::min<std::int64_t>(count, 86'400));
}

}  // namespace overture::net
