#include <libpq-fe.h>

#include <charconv>
#include <cstring>

#include "store/database.hpp"

namespace overture::store {
namespace {

PGresult* resultOf(const std::shared_ptr<void>& result) {
    return static_cast<PGresult*>(result.get());
}

/// Columns are mostly asked for in their order: `last` is where the one before stood.
int columnOf(PGresult* result, const char* name, int& last) {
    const int count = PQnfields(result);
    for (int tried = 0; tried < count; ++tried, last = last + 1 < count ? last + 1 : 0)
        if (std::strcmp(PQfname(result, last), name) == 0) return last;
    throw Error(std::string("the result has no column \"") + name + "\"", "query result");
}

[[noreturn]] void unreadable(const char* column, std::string_view value, const char* wanted) {
    throw Error("the value \"" + std::string(value.substr(0, 60)) + "\" is not " + wanted,
                std::string("column ") + column);
}

template <typename Number>
Number numberOf(const char* column, std::string_view value, const char* wanted) {
    Number number{};
    const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (code != std::errc{} || end != value.data() + value.size()) unreadable(column, value, wanted);
    return number;
}

/// "2026-03-01 17:05:00.123456+00", as a session in UTC with ISO dates writes it.
Instant instantOfText(const char* column, std::string_view value) {
    const auto digits = [&](std::size_t at, std::size_t count) {
        if (at + count > value.size()) unreadable(column, value, "a time");
        return numberOf<int>(column, value.substr(at, count), "a time");
    };
    if (value.size() < 22 || !value.ends_with("+00")) unreadable(column, value, "a time");
    const std::chrono::sys_days day = std::chrono::year(digits(0, 4)) / digits(5, 2) / digits(8, 2);
    Instant at = day + hours(digits(11, 2)) + minutes(digits(14, 2)) + seconds(digits(17, 2));
    if (value[19] == '.') {
        const auto fraction = value.substr(20, value.size() - 23);
        std::int64_t micros = numberOf<int>(column, fraction, "a time");
        for (std::size_t i = fraction.size(); i < 6; ++i) micros *= 10;
        at += microseconds(micros);
    }
    return at;
}

int nibble(char c) {
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

}  // namespace

Rows::Rows(std::shared_ptr<void> result, std::shared_ptr<const Opening> opening)
    : result_(std::move(result)), opening_(std::move(opening)) {}

std::string Rows::opened(std::string text) const {
    if (opening_ == nullptr || !text.starts_with(kSealedMark)) return text;
    return opening_->keeping->opened(opening_->organization, std::move(text));
}

std::size_t Rows::size() const {
    return static_cast<std::size_t>(PQntuples(resultOf(result_)));
}

std::size_t Rows::affected() const {
    const std::string_view count = PQcmdTuples(resultOf(result_));
    return count.empty() ? 0 : numberOf<std::size_t>("affected", count, "a count");
}

std::string Rows::command() const {
    return PQcmdStatus(resultOf(result_));
}

bool Row::isNull(const char* column) const {
    auto* const result = resultOf(rows_.result_);
    return PQgetisnull(result, index_, columnOf(result, column, rows_.lastColumn_)) != 0;
}

std::string Row::text(const char* column) const {
    return rows_.opened(kept(column));
}

std::string Row::kept(const char* column) const {
    auto* const result = resultOf(rows_.result_);
    const int at = columnOf(result, column, rows_.lastColumn_);
    return {PQgetvalue(result, index_, at), static_cast<std::size_t>(PQgetlength(result, index_, at))};
}

std::optional<std::string> Row::maybe(const char* column) const {
    return isNull(column) ? std::nullopt : std::optional(text(column));
}

std::int64_t Row::integer(const char* column) const {
    return isNull(column) ? 0 : numberOf<std::int64_t>(column, text(column), "a whole number");
}

double Row::real(const char* column) const {
    return isNull(column) ? 0 : numberOf<double>(column, text(column), "a number");
}

bool Row::boolean(const char* column) const {
    return text(column) == "t";
}

Instant Row::instant(const char* column) const {
    return instantOfText(column, text(column));
}

std::optional<Instant> Row::maybeInstant(const char* column) const {
    return isNull(column) ? std::nullopt : std::optional(instant(column));
}

Json Row::json(const char* column) const {
    if (isNull(column)) return nullptr;
    const auto said = kept(column);
    auto document = parseJson(said, std::string("column ") + column).orThrow();
    if (const auto* opening = rows_.opening_.get(); opening != nullptr && said.find(kSealedMark) != said.npos)
        opening->keeping->open(opening->organization, document);
    return document;
}

std::string Row::bytes(const char* column) const {
    const auto hex = kept(column);
    return hex.empty() ? hex : rows_.opened(bytesOf(hex, column));
}

Uuid Row::uuid(const char* column) const {
    const auto value = text(column);
    const auto parsed = Uuid::parse(value);
    if (!parsed) unreadable(column, value, "an id");
    return *parsed;
}

std::vector<std::string> Row::array(const char* column) const {
    const auto value = kept(column);
    std::vector<std::string> elements;
    if (value.empty()) return elements;
    for (auto& element : elementsOf(value, column))
        elements.push_back(rows_.opened(std::move(element).value_or("")));
    return elements;
}

std::string bytesOf(std::string_view hex, const char* place) {
    if (!hex.starts_with("\\x") || hex.size() % 2 != 0) unreadable(place, hex, "a byte string");
    std::string raw;
    raw.reserve(hex.size() / 2);
    for (std::size_t i = 2; i < hex.size(); i += 2)
        raw += static_cast<char>(nibble(hex[i]) * 16 + nibble(hex[i + 1]));
    return raw;
}

Values elementsOf(std::string_view value, const char* place) {
    Values elements;
    if (value == "{}") return elements;
    if (value.size() < 2 || value.front() != '{' || value.back() != '}' || value[1] == '{')
        unreadable(place, value, "a list of texts");
    std::string element;
    bool quoted = false;
    bool wasQuoted = false;
    const auto finish = [&] {
        if (!wasQuoted && element == "NULL")
            elements.emplace_back();
        else
            elements.emplace_back(element);
        element.clear();
        wasQuoted = false;
    };
    for (std::size_t i = 1; i + 1 < value.size(); ++i) {
        const char c = value[i];
        if (c == '\\') {
            element += value[++i];
        } else if (c == '"') {
            quoted = !quoted;
            wasQuoted = true;
        } else if (c == ',' && !quoted) {
            finish();
        } else {
            element += c;
        }
    }
    finish();
    return elements;
}

}  // namespace overture::store
