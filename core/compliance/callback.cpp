#include "compliance/callback.hpp"

#include "compliance/when_words.hpp"

namespace overture::compliance {
namespace {

bool names(std::string_view text, std::string_view kind) {
    const TimeText read(text, {});
    for (std::size_t at = 0; at < read.size(); ++at)
        if (read.find(at, kind) != nullptr) return true;
    return false;
}

}  // namespace

std::optional<When> readCallback(std::string_view text, std::string_view lastOutbound,
                                 const Listener& listener) {
    if (!names(text, "reach") && !names(lastOutbound, "askwhen")) return std::nullopt;
    auto when = readWhen(text, listener);
    if (when.kind == When::Kind::none || !when.from) return std::nullopt;
    return when;
}

}  // namespace overture::compliance
