// Reads the tables people send: what a spreadsheet, a CRM or a hand wrote and called CSV.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace overture::campaign {

/// One row of a table; either its fields, as many as the header has, or why it cannot be read.
struct CsvRow {
    int line = 0;                     ///< in the file, where the row begins; the first line is 1
    std::vector<std::string> fields;  ///< trimmed, UTF-8, without what csvCell() put before a formula
    std::string problem;              ///< empty for a good row
};

/// A table with a header row. Takes UTF-8, UTF-16 (with a BOM, or plainly so) and, where the whole file is
/// not UTF-8, Windows-1252, which contains Latin-1. Separator `,` `;` or tab, as the header row (or an Excel
/// `sep=` line) has it. LF, CRLF or CR. Quotes as in RFC 4180; a quote that never closes spoils its own row
/// only: reading goes on at the next line. Rows without any content are skipped. One thread. The bytes must
/// outlive the reader.
class CsvReader {
public:
    static constexpr std::size_t kLongestRow = std::size_t{1} << 20;  ///< bytes; a longer row is a bad row
    static constexpr std::size_t kMostColumns = 1000;

    /// Reads the header. `name` is the file's, for messages. Throws Error for a file that is empty, binary,
    /// or has no header row.
    CsvReader(std::string_view bytes, std::string name);

    const std::vector<std::string>& header() const { return header_; }
    int headerLine() const { return headerLine_; }
    char separator() const { return separator_; }
    const std::string& encoding() const { return encoding_; }  ///< "UTF-8", "UTF-16" or "Windows-1252"

    /// The next row with content, good or bad; false at the end.
    bool next(CsvRow& row);

private:
    struct Raw;
    void decode(std::string_view bytes);
    void readHeader();
    Raw scan(std::size_t from, std::vector<std::string>& fields) const;
    std::size_t lineEnd(std::size_t from) const;
    std::size_t afterLine(std::size_t end) const;
    void skipLine();

    std::string name_, encoding_, decoded_;
    std::string_view text_;
    std::size_t at_ = 0;
    int line_ = 1, headerLine_ = 0;
    char separator_ = ',';
    std::vector<std::string> header_;
};

/// A cell as it is written: in quotes, and such that no spreadsheet runs it. What begins with = + - @, a tab or a line's end (or a
/// wide = + - @) is a formula there, so a ' goes before it, and before what begins with such a ' already; CsvReader takes one away again.
/// A number with its sign stays as it is: "-5", "+12025550143", "+1 202 555 0143".
std::string csvCell(std::string_view text);

/// Bytes of a table as UTF-8; `encoding` is set as CsvReader::encoding says. Returns a view of `bytes` when
/// nothing is to be done, otherwise of `storage`.
std::string_view decodeTable(std::string_view bytes, std::string& storage, std::string& encoding);

}  // namespace overture::campaign
