#include "common/events.hpp"

namespace overture::models {

void EventLines::take(std::string_view bytes, const std::function<void(std::string_view)>& event) {
    pending_.append(bytes);
    std::size_t begin = 0;
    for (auto end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n', begin)) {
        std::string_view line(pending_.data() + begin, end - begin);
        begin = end + 1;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.starts_with("data:")) continue;
        line.remove_prefix(5);
        if (line.starts_with(' ')) line.remove_prefix(1);
        event(line);
    }
    pending_.erase(0, begin);
}

}  // namespace overture::models
