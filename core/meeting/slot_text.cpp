#include <date/tz.h>

#include <algorithm>
#include <cstdio>

#include "base/text.hpp"
#include "base/time.hpp"
#include "meeting/meetings.hpp"

namespace overture::meeting {
namespace {

struct Names {
    const char* days[7];
    const char* months[12];
};

constexpr Names kEnglish = {
    {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}};
constexpr Names kHindi = {
    {"रविवार", "सोमवार", "मंगलवार", "बुधवार", "गुरुवार", "शुक्रवार", "शनिवार"},
    {"जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"}};

const char* hindiPartOfDay(int hour) {
    return hour < 4 ? "रात" : hour < 12 ? "सुबह" : hour < 16 ? "दोपहर" : hour < 20 ? "शाम" : "रात";
}

std::string zoneName(const std::string& zone, Instant at) {
    const auto abbreviation = date::locate_zone(zone)->get_info(std::chrono::floor<seconds>(at)).abbrev;
    const bool letters =
        std::all_of(abbreviation.begin(), abbreviation.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (letters && abbreviation.size() >= 2) return abbreviation;
    return "(" + replaceAll(zone.substr(zone.rfind('/') + 1), "_", " ") + ")";
}

}  // namespace

std::string Slot::text(const std::string& zone, const std::string& language) const {
    const auto local = localTime(zone, from);
    const int hour = static_cast<int>(local.timeOfDay / hours(1)),
              minute = static_cast<int>(local.timeOfDay % hours(1) / minutes(1));
    const bool hindi = language == "hi" || language.starts_with("hi-");
    const auto& names = hindi ? kHindi : kEnglish;
    char clock[64];
    const int shown = hour % 12 == 0 ? 12 : hour % 12;
    if (hindi)
        std::snprintf(clock, sizeof clock, "%s %d:%02d बजे", hindiPartOfDay(hour), shown, minute);
    else
        std::snprintf(clock, sizeof clock, "%d:%02d %s", shown, minute, hour < 12 ? "AM" : "PM");
    return std::string(names.days[local.weekday.c_encoding()]) + " " +
           std::to_string(static_cast<unsigned>(local.date.day())) + " " +
           names.months[static_cast<unsigned>(local.date.month()) - 1] + ", " + clock + " " +
           zoneName(zone, from);
}

}  // namespace overture::meeting
