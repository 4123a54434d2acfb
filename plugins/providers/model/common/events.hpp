#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace overture::models {

/// Reads server-sent events out of a body that comes in pieces, cut anywhere: the data of each "data:" line (the vendors write
/// an event's data in one line).
class EventLines {
public:
    void take(std::string_view bytes, const std::function<void(std::string_view data)>& event);

private:
    std::string pending_;  ///< a line that is not whole yet
};

}  // namespace overture::models
