#include "campaign/csv.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/text.hpp"

namespace overture::campaign {
namespace {

bool isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

// Leading bytes of files that are often taken for a table.
const char* kindOfBinary(std::string_view bytes) {
    using namespace std::string_view_literals;
    if (bytes.starts_with("PK\x03\x04"sv)) return "an Excel workbook or another zip file";
    if (bytes.starts_with("\xd0\xcf\x11\xe0"sv)) return "an old Excel workbook";
    if (bytes.starts_with("%PDF"sv)) return "a PDF";
    if (bytes.starts_with("\x1f\x8b"sv)) return "a gzip file";
    return nullptr;
}

bool looksBinary(std::string_view text) {
    const auto sample = text.substr(0, 65536);
    const auto controls = std::count_if(sample.begin(), sample.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' &&
               c != '\v';
    });
    return static_cast<std::size_t>(controls) > sample.size() / 50 + 3;
}

bool hasContent(const std::vector<std::string>& fields) {
    return std::any_of(fields.begin(), fields.end(), [](const std::string& field) { return !field.empty(); });
}

/// Without the ' before it: what a spreadsheet would run.
bool isFormula(std::string_view cell) {
    for (const std::string_view start : {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"})
        if (cell.starts_with(start)) return true;
    return false;
}

/// "-5", "+1 202 555 0143": a sign, and nothing that could be reckoned with.
bool isSignedNumber(std::string_view cell) {
    return cell.size() > 1 && (cell[0] == '+' || cell[0] == '-') &&
           cell.find_first_not_of("0123456789. ", 1) == std::string_view::npos &&
           cell.find_first_of("0123456789") != std::string_view::npos;
}

std::string_view afterMarks(std::string_view cell) {
    return cell.substr(std::min(cell.find_first_not_of('\''), cell.size()));
}

void takeMark(std::string& field) {
    if (field.starts_with('\'') && isFormula(afterMarks(field))) field.erase(0, 1);
}

char separatorOf(std::string_view line) {
    std::array<std::size_t, 3> counts{};
    constexpr std::string_view separators = ",;\t";
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') quoted = !quoted;
        if (const auto which = separators.find(c); !quoted && which != std::string_view::npos)
            ++counts[which];
    }
    return separators[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) -
                                               counts.begin())];
}

int linesIn(std::string_view text) {
    int lines = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'))) ++lines;
    return lines;
}

}  // namespace

// A row as scanned: where it ends (after its line ending), how many columns it had, what is wrong with it.
struct CsvReader::Raw {
    std::size_t end = 0, columns = 0;
    std::string problem;
};

CsvReader::CsvReader(std::string_view bytes, std::string name) : name_(std::move(name)) {
    if (trim(bytes).empty())
        throw Error("the file is empty", name_, "Give a CSV file with a header row and one row per lead.");
    const char* kind = kindOfBinary(bytes);
    if (!kind) text_ = decodeTable(bytes, decoded_, encoding_);
    if (kind || looksBinary(text_))
        throw Error(std::string("this is ") + (kind ? kind : "a binary file") + ", not a table in text form",
                    name_, "Open it in a spreadsheet and save it as CSV (UTF-8).");
    readHeader();
}

void CsvReader::readHeader() {
    while (at_ < text_.size() && trim(text_.substr(at_, lineEnd(at_) - at_)).empty()) skipLine();
    auto line = text_.substr(at_, lineEnd(at_) - at_);
    if (lowerAscii(line.substr(0, 4)) == "sep=" && trim(line).size() <= 5) {
        skipLine();
        if (line.size() >= 5 && std::string_view(",;\t").find(line[4]) != std::string_view::npos)
            separator_ = line[4];
        else
            separator_ = separatorOf(text_.substr(at_, lineEnd(at_) - at_));
    } else {
        separator_ = separatorOf(line);
    }
    headerLine_ = line_;
    const auto raw = scan(at_, header_);
    const auto where = name_ + ":" + std::to_string(line_);
    if (!raw.problem.empty())
        throw Error("the header row " + raw.problem, where, "Write the column names in one line.");
    if (raw.columns > kMostColumns)
        throw Error("the header row has " + std::to_string(raw.columns) + " columns", where,
                    "Keep at most " + std::to_string(kMostColumns) + ".");
    if (!hasContent(header_))
        throw Error("there is no header row", where, "Write the column names in the first line.");
    while (header_.size() > 1 && header_.back().empty()) header_.pop_back();
    for (auto& column : header_)
        std::erase_if(column, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    line_ += linesIn(text_.substr(at_, raw.end - at_));
    at_ = raw.end;
}

std::size_t CsvReader::lineEnd(std::size_t from) const {
    return std::min(text_.find_first_of("\r\n", from), text_.size());
}

std::size_t CsvReader::afterLine(std::size_t end) const {
    if (end >= text_.size()) return text_.size();
    return end + (text_[end] == '\r' && end + 1 < text_.size() && text_[end + 1] == '\n' ? 2 : 1);
}

void CsvReader::skipLine() {
    at_ = afterLine(lineEnd(at_));
    ++line_;
}

CsvReader::Raw CsvReader::scan(std::size_t from, std::vector<std::string>& fields) const {
    fields.clear();
    Raw raw;
    const auto limit = std::min(text_.size(), from + kLongestRow);
    std::size_t at = from;
    const auto bad = [&](std::string problem) {
        raw.problem = std::move(problem);
        return raw;
    };
    for (;;) {
        while (at < limit && isBlank(text_[at]) && text_[at] != separator_) ++at;
        std::string field;
        if (at < limit && text_[at] == '"') {
            for (++at;; ++at) {
                const auto quote = text_.substr(0, limit).find('"', at);
                if (quote == std::string_view::npos) return bad("has a quote that is never closed");
                field += text_.substr(at, quote - at);
                at = quote + 1;
                if (at >= text_.size() || text_[at] != '"') break;
                field += '"';
            }
            while (at < text_.size() && isBlank(text_[at]) && text_[at] != separator_) ++at;
            if (at < text_.size() && text_[at] != separator_ && text_[at] != '\r' && text_[at] != '\n')
                return bad("has text after a closing quote");
            field = std::string(trim(field));
        } else {
            while (at < limit && text_[at] != separator_ && text_[at] != '\r' && text_[at] != '\n')
                field += text_[at++];
            if (at == limit && limit < text_.size()) return bad("is longer than 1 MiB");
            field.resize(trim(field).size());
        }
        ++raw.columns;
        takeMark(field);
        if (raw.columns <= kMostColumns) fields.push_back(std::move(field));
        if (at < text_.size() && text_[at] == separator_) {
            ++at;
            continue;
        }
        raw.end = afterLine(at);
        return raw;
    }
}

std::string csvCell(std::string_view text) {
    std::string cell = "\"";
    if (isFormula(afterMarks(text)) && !isSignedNumber(text)) cell += '\'';
    return cell + replaceAll(std::string(text), "\"", "\"\"") + "\"";
}

bool CsvReader::next(CsvRow& row) {
    while (at_ < text_.size()) {
        auto raw = scan(at_, row.fields);
        row.line = line_;
        row.problem = std::move(raw.problem);
        if (row.problem.empty() && !hasContent(row.fields)) {
            line_ += linesIn(text_.substr(at_, raw.end - at_));
            at_ = raw.end;
            continue;
        }
        while (row.fields.size() > header_.size() && row.fields.back().empty() &&
               raw.columns <= kMostColumns) {
            row.fields.pop_back();
            --raw.columns;
        }
        if (row.problem.empty() && raw.columns != header_.size())
            row.problem = "has " + std::to_string(raw.columns) + (raw.columns == 1 ? " column" : " columns") +
                          " where the header has " + std::to_string(header_.size());
        if (row.problem.empty() && text_.substr(at_, raw.end - at_).find('\0') != std::string_view::npos)
            row.problem = "holds a zero byte; the file may be damaged there";
        const int lines = raw.end > at_ ? linesIn(text_.substr(at_, raw.end - at_)) : 0;
        // A bad row over several lines may have swallowed good ones: only its first line is given up.
        if (!row.problem.empty() && lines != 1) {
            row.fields.clear();
            skipLine();
            return true;
        }
        if (!row.problem.empty()) row.fields.clear();
        line_ += lines;
        at_ = raw.end;
        return true;
    }
    return false;
}

}  // namespace overture::campaign
