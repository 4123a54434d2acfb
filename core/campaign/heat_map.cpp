#include "campaign/heat_map.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/text.hpp"
#include "base/time.hpp"

namespace overture::campaign {
namespace {

using namespace std::chrono;

constexpr int kDaysInBlock = 31;
constexpr const char* kSigns[] = {" .", " :", " +", " x", " %", " #"};
constexpr int kShades[] = {189, 153, 111, 69, 26, 18};  // of the terminal's 256 colours, light to dark
constexpr const char* kColours[] = {"#dbeafe", "#bfdbfe", "#93c5fd", "#3b82f6", "#1d4ed8", "#172554"};
constexpr int kLevels = 6;
constexpr int kCell = 22, kGap = 2, kLeft = 52, kTop = 74, kFoot = 66, kLegend = 72;

/// The forecast's touches laid out: a row for each hour that is used, a column for each day.
struct Grid {
    sys_days first{};
    int days = 0, firstHour = 0, lastHour = -1, most = 0;
    std::map<std::pair<int, int>, int> cells;  ///< (day, hour) → touches

    int at(int day, int hour) const {
        const auto found = cells.find({day, hour});
        return found == cells.end() ? 0 : found->second;
    }
    /// 0: nothing; else 1 … kLevels.
    int level(int touches) const {
        return touches == 0 ? 0 : std::min(kLevels, 1 + (touches - 1) * kLevels / std::max(1, most));
    }
};

Grid gridOf(const Forecast& forecast, const std::string& channel) {
    Grid grid;
    std::optional<sys_days> first, last;
    for (const auto& [cell, count] : forecast.load) {
        const auto& [of, date, hour] = cell;
        if (!channel.empty() && of != channel) continue;
        first = std::min(first.value_or(date), date);
        last = std::max(last.value_or(date), date);
    }
    if (!first) return grid;
    grid.first = *first;
    grid.days = static_cast<int>((*last - *first).count()) + 1;
    grid.firstHour = 23;
    for (const auto& [cell, count] : forecast.load) {
        const auto& [of, date, hour] = cell;
        if (!channel.empty() && of != channel) continue;
        auto& sum = grid.cells[{static_cast<int>((date - *first).count()), hour}];
        sum += count;
        grid.most = std::max(grid.most, sum);
        grid.firstHour = std::min(grid.firstHour, hour);
        grid.lastHour = std::max(grid.lastHour, hour);
    }
    return grid;
}

std::string twoDigits(unsigned value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
}

unsigned dayOfMonth(sys_days date) {
    return static_cast<unsigned>(year_month_day(date).day());
}

std::string monthText(sys_days date) {
    static constexpr const char* kNames[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const year_month_day day(date);
    return std::string(kNames[static_cast<unsigned>(day.month()) - 1]) + " " +
           std::to_string(static_cast<int>(day.year()));
}

std::string weekdayText(sys_days date) {
    static constexpr const char* kNames[] = {"Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"};
    return kNames[weekday(date).c_encoding()];
}

std::string cellText(const Grid& grid, int touches, bool colour) {
    const auto level = grid.level(touches);
    if (level == 0) return "  ";
    if (!colour) return kSigns[level - 1];
    return "\x1b[48;5;" + std::to_string(kShades[level - 1]) + "m  \x1b[0m";
}

/// The fewest touches of a level.
int leastOf(const Grid& grid, int level) {
    return ((level - 1) * grid.most + kLevels - 1) / kLevels + 1;
}

class Svg {
public:
    void text(int x, int y, const std::string& words, const char* anchor = "start", const char* style = "") {
        out_ += "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" text-anchor=\"" +
                anchor + "\"" + style + ">" + escaped(words) + "</text>\n";
    }
    void cell(int x, int y, const char* colour, const std::string& tip) {
        out_ += "<rect x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" width=\"" +
                std::to_string(kCell) + "\" height=\"" + std::to_string(kCell) + "\" rx=\"2\" fill=\"" +
                colour + "\">" + (tip.empty() ? "" : "<title>" + escaped(tip) + "</title>") + "</rect>\n";
    }
    std::string document(int width, int height) const {
        const auto size = "width=\"" + std::to_string(width) + "\" height=\"" + std::to_string(height) + "\"";
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" " + size + " viewBox=\"0 0 " +
               std::to_string(width) + " " + std::to_string(height) +
               "\" font-family=\"system-ui, 'DejaVu Sans', sans-serif\" font-size=\"11\" fill=\"#334155\">\n"
               "<rect " +
               size + " fill=\"#ffffff\"/>\n" + out_ + "</svg>\n";
    }

private:
    static std::string escaped(const std::string& words) {
        return replaceAll(replaceAll(replaceAll(words, "&", "&amp;"), "<", "&lt;"), ">", "&gt;");
    }
    std::string out_;
};

}  // namespace

std::string heatMapText(const Forecast& forecast, const HeatMapOptions& options) {
    const auto grid = gridOf(forecast, options.channel);
    if (grid.days == 0) return "no touches\n";
    std::string out = options.title.empty() ? "" : options.title + "\n";
    for (int block = 0; block < grid.days; block += kDaysInBlock) {
        const int end = std::min(grid.days, block + kDaysInBlock);
        out += "      " + monthText(grid.first + days(block)) + "\n      ";
        for (int day = block; day < end; ++day) {
            const auto number = std::to_string(dayOfMonth(grid.first + days(day)));
            out += (number.size() == 1 ? " " : "") + number;
        }
        out += "\n      ";
        for (int day = block; day < end; ++day) out += weekdayText(grid.first + days(day));
        out += "\n";
        for (int hour = grid.firstHour; hour <= grid.lastHour; ++hour) {
            std::string row;
            for (int day = block; day < end; ++day) row += cellText(grid, grid.at(day, hour), options.colour);
            while (!row.empty() && row.back() == ' ') row.pop_back();
            out += "  " + twoDigits(static_cast<unsigned>(hour)) + "h " + row + "\n";
        }
    }
    out += "  touches an hour on each person's own clock, from ";
    for (int level = 1; level <= kLevels; ++level)
        out += (options.colour ? cellText(grid, leastOf(grid, level), true)
                               : std::string(1, kSigns[level - 1][1])) +
               " " + grouped(leastOf(grid, level)) + (level < kLevels ? "  " : "");
    return out + "; the busiest has " + grouped(grid.most) + "\n";
}

std::string heatMapSvg(const Forecast& forecast, const HeatMapOptions& options) {
    const auto grid = gridOf(forecast, options.channel);
    Svg svg;
    const int rows = std::max(0, grid.lastHour - grid.firstHour + 1);
    const int width = std::max(560, kLeft + grid.days * (kCell + kGap) + 24);
    const int bottom = kTop + rows * (kCell + kGap);
    svg.text(kLeft, 24, options.title.empty() ? "Touches by local hour and day" : options.title, "start",
             " font-size=\"15\" font-weight=\"600\" fill=\"#0f172a\"");
    if (grid.days == 0) {
        svg.text(kLeft, 60, "no touches");
        return svg.document(width, 90);
    }
    for (int day = 0; day < grid.days; ++day) {
        const auto date = grid.first + days(day);
        const int middle = kLeft + day * (kCell + kGap) + kCell / 2;
        if (day == 0 || dayOfMonth(date) == 1) svg.text(middle - kCell / 2, kTop - 32, monthText(date));
        svg.text(middle, kTop - 18, weekdayText(date), "middle", " fill=\"#64748b\" font-size=\"10\"");
        svg.text(middle, kTop - 6, std::to_string(dayOfMonth(date)), "middle");
    }
    for (int hour = grid.firstHour; hour <= grid.lastHour; ++hour) {
        const int y = kTop + (hour - grid.firstHour) * (kCell + kGap);
        svg.text(kLeft - 8, y + 15, twoDigits(static_cast<unsigned>(hour)) + ":00", "end");
        for (int day = 0; day < grid.days; ++day) {
            const int touches = grid.at(day, hour);
            const auto level = grid.level(touches);
            const auto date = grid.first + days(day);
            svg.cell(kLeft + day * (kCell + kGap), y, level == 0 ? "#f1f5f9" : kColours[level - 1],
                     touches == 0 ? ""
                                  : toRfc3339(Instant(date)).substr(0, 10) + " " +
                                        twoDigits(static_cast<unsigned>(hour)) + ":00: " + grouped(touches));
        }
    }
    svg.text(kLeft, bottom + 20, "Touches an hour, on each person's own clock:", "start",
             " fill=\"#64748b\"");
    for (int level = 1; level <= kLevels; ++level) {
        const int x = kLeft + (level - 1) * kLegend;
        svg.cell(x, bottom + 30, kColours[level - 1], "");
        svg.text(x + kCell + 5, bottom + 45, grouped(leastOf(grid, level)));
    }
    return svg.document(width, bottom + kFoot);
}

}  // namespace overture::campaign
