#include "documents.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace overture::twilio {

std::optional<std::int64_t> parseRfc2822(std::string_view text) {
    using namespace std::chrono;
    constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto comma = text.find(", ");
    const std::string rest(text.substr(comma == std::string_view::npos ? 0 : comma + 2));
    unsigned d = 0, offset = 0;
    int y = 0, h = 0, m = 0, s = 0;
    char name[4] = {}, sign = 0;
    if (std::sscanf(rest.c_str(), "%2u %3s %4d %2d:%2d:%2d %c%4u", &d, name, &y, &h, &m, &s, &sign,
                    &offset) != 8)
        return std::nullopt;
    unsigned month = 0;
    for (unsigned i = 0; i < kMonths.size(); ++i)
        if (kMonths[i] == name) month = i + 1;
    const year_month_day date{year(y), std::chrono::month(month), day(d)};
    const bool fits =
        h >= 0 && h < 24 && m >= 0 && m < 60 && s >= 0 && s < 61 && (sign == '+' || sign == '-');
    if (!date.ok() || !fits) return std::nullopt;
    const auto east = (sign == '-' ? -1 : 1) * (hours(offset / 100) + minutes(offset % 100));
    const auto at = sys_days(date) + hours(h) + minutes(m) + seconds(s) - east;
    return duration_cast<microseconds>(at.time_since_epoch()).count();
}

std::string addressOn(std::string_view channel, std::string_view number) {
    const bool prefixed = channel == "whatsapp" && !number.starts_with("whatsapp:");
    return (prefixed ? "whatsapp:" : "") + std::string(number);
}

Address addressFrom(std::string_view address) {
    constexpr std::string_view kWhatsApp = "whatsapp:";
    if (address.starts_with(kWhatsApp)) return {"whatsapp", sdk::validText(address.substr(kWhatsApp.size()))};
    return {"sms", sdk::validText(address)};
}

}  // namespace overture::twilio
