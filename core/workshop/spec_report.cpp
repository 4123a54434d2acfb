#include <cstdio>
#include <map>

#include "base/text.hpp"
#include "workshop/specs.hpp"

namespace overture::workshop {
namespace {

using playbook::SpecFailure;

std::string inFolder(const std::string& directory, const std::string& place) {
    return directory.empty() || directory == "." ? place
                                                 : directory + (directory.ends_with('/') ? "" : "/") + place;
}

std::vector<std::string> linesOf(const SpecFailure& failure, const std::string& directory) {
    std::vector<std::string> lines{inFolder(directory, failure.place) + ": " + failure.what};
    if (!failure.instead.empty()) lines.push_back("but " + failure.instead);
    if (!failure.hint.empty()) lines.push_back(failure.hint);
    if (!failure.said.empty()) lines.emplace_back("the conversation so far:");
    for (const auto& line : failure.said) lines.push_back("  " + line);
    return lines;
}

std::string number(double value, const char* format) {
    char text[40];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

std::string summary(const SpecReport& report) {
    auto text = std::to_string(report.rows.size()) + (report.rows.size() == 1 ? " case, " : " cases, ") +
                (report.failed() == 0 ? "none" : std::to_string(report.failed())) + " failed";
    if (!report.mistakes.empty()) text += ", " + std::to_string(report.mistakes.size()) + " unreadable";
    text += "; " + number(report.seconds, "%.2f") + " s";
    if (report.seconds > 0 && !report.rows.empty())
        text += ", " + number(static_cast<double>(report.rows.size()) / report.seconds, "%.0f") + " a second";
    return text;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t')
            out += c;
    }
    return out;
}

std::string mistakeText(const playbook::Finding& mistake, const std::string& directory) {
    return inFolder(directory, mistake.place) + ": " + mistake.message +
           (mistake.suggestion.empty() ? "" : ". " + mistake.suggestion);
}

}  // namespace

std::string specText(const SpecReport& report, const std::string& directory) {
    std::string out, file;
    for (const auto& row : report.rows) {
        if (row.which.file != file) {
            file = row.which.file;
            out += inFolder(directory, file) + "\n";
        }
        out += std::string(row.failure ? "  FAILED  " : "  ok      ") + row.which.name + "\n";
        if (!row.failure) continue;
        for (const auto& line : linesOf(*row.failure, directory)) out += "          " + line + "\n";
    }
    for (const auto& mistake : report.mistakes) out += mistakeText(mistake, directory) + "\n";
    return out + summary(report) + "\n";
}

std::string specTap(const SpecReport& report, const std::string& directory) {
    std::string out =
        "TAP version 13\n1.." + std::to_string(report.rows.size() + report.mistakes.size()) + "\n";
    std::size_t count = 0;
    const auto line = [&](bool good, const std::string& name, const std::vector<std::string>& why) {
        out += std::string(good ? "ok " : "not ok ") + std::to_string(++count) + " - " +
               replaceAll(name, "#", "\\#") + "\n";
        if (why.empty()) return;
        out += "  ---\n  message: |\n";
        for (const auto& each : why) out += "    " + each + "\n";
        out += "  ...\n";
    };
    for (const auto& row : report.rows)
        line(!row.failure, row.which.file + ": " + row.which.name,
             row.failure ? linesOf(*row.failure, directory) : std::vector<std::string>{});
    for (const auto& mistake : report.mistakes) line(false, mistake.place, {mistakeText(mistake, directory)});
    return out;
}

std::string specJunit(const SpecReport& report, const std::string& directory) {
    std::map<std::string, std::vector<const SpecRow*>> suites;
    for (const auto& row : report.rows) suites[row.which.file].push_back(&row);
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"" +
                      std::to_string(report.rows.size() + report.mistakes.size()) + "\" failures=\"" +
                      std::to_string(report.failed()) + "\" errors=\"" +
                      std::to_string(report.mistakes.size()) + "\" time=\"" + number(report.seconds, "%.3f") +
                      "\">\n";
    for (const auto& [file, rows] : suites) {
        std::size_t failed = 0;
        for (const auto* row : rows) failed += row->failure ? 1 : 0;
        out += "  <testsuite name=\"" + escaped(inFolder(directory, file)) + "\" tests=\"" +
               std::to_string(rows.size()) + "\" failures=\"" + std::to_string(failed) + "\">\n";
        for (const auto* row : rows) {
            out += "    <testcase classname=\"" + escaped(file) + "\" name=\"" + escaped(row->which.name) +
                   "\" file=\"" + escaped(inFolder(directory, file)) + "\" line=\"" +
                   std::to_string(row->which.line) + "\" time=\"" + number(row->seconds, "%.4f") + "\"";
            if (!row->failure) {
                out += "/>\n";
                continue;
            }
            out += ">\n      <failure message=\"" + escaped(row->failure->what) + "\">" +
                   escaped(join(linesOf(*row->failure, directory), "\n")) + "</failure>\n    </testcase>\n";
        }
        out += "  </testsuite>\n";
    }
    for (const auto& mistake : report.mistakes)
        out += "  <testsuite name=\"" + escaped(mistake.place) +
               "\" tests=\"1\" errors=\"1\">\n    <testcase name=\"" + escaped(mistake.place) +
               "\"><error message=\"" + escaped(mistakeText(mistake, directory)) +
               "\"/></testcase>\n  </testsuite>\n";
    return out + "</testsuites>\n";
}

}  // namespace overture::workshop
