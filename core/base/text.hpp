#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace overture {

std::string_view trim(std::string_view text);
/// ASCII letters only; for keys, header names and codes.
std::string lowerAscii(std::string_view text);
/// Unicode case folding and NFKC: for comparing what people wrote. Invalid UTF-8 is replaced.
std::string foldCase(std::string_view text);
bool isAscii(std::string_view text);
bool isUtf8(std::string_view text);
/// `text` with each byte that is not UTF-8 replaced by U+FFFD.
std::string toValidUtf8(std::string_view text);
std::string fromLatin1(std::string_view bytes);
std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
/// Every `from` in `text` becomes `to`.
std::string replaceAll(std::string text, std::string_view from, std::string_view to);

/// 1234567 → "1,234,567".
std::string grouped(std::int64_t number);

/// The candidate nearest to `word`, for "did you mean …?"; empty when none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// Whole file as bytes; throws Error naming the path.
std::string readFile(const std::string& path);
/// Writes to a neighbour, syncs, and renames: the file is whole or as it was. Throws Error naming the path.
void writeFile(const std::string& path, std::string_view bytes);

}  // namespace overture
