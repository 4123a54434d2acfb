// Markdown's pictures, ![about](https://…), in texts for media that have no Markdown.
#pragma once

#include <string>
#include <string_view>

namespace overture::sdk {

struct Picture {
    std::string about, url;

    /// "our roof: https://…", where a picture cannot be shown.
    std::string asLink() const { return about.empty() ? url : about + ": " + url; }
};

/// The text with what `put` makes of each picture in its place. Only addresses of http and https without blanks are pictures;
/// anything else stays as it is.
template <typename Put>
std::string withPictures(std::string_view text, const Put& put) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto open = text.find("![", at);
        const auto middle = open == std::string_view::npos ? open : text.find("](", open);
        const auto close = middle == std::string_view::npos ? middle : text.find(')', middle);
        if (close == std::string_view::npos) return out.append(text.substr(at));
        const Picture picture{std::string(text.substr(open + 2, middle - open - 2)),
                              std::string(text.substr(middle + 2, close - middle - 2))};
        const bool is = (picture.url.starts_with("https://") || picture.url.starts_with("http://")) &&
                        picture.url.find_first_of(" \t\r\n<>\"") == std::string::npos &&
                        picture.about.find_first_of("[]\n") == std::string::npos;
        out.append(text.substr(at, open - at));
        if (is)
            out.append(put(picture));
        else
            out.append("![");
        at = is ? close + 1 : open + 2;
    }
    return out;
}

}  // namespace overture::sdk
