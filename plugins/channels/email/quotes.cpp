#include "quotes.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "words.hpp"

namespace overture::email {
namespace {

/// How the line before a quote begins and ends; its middle is a name and a date, over at most three lines.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kIntroductions{{
    {"On ", "wrote:"},
    {"On ", "writes:"},
    {"Le ", "écrit :"},
    {"Le ", "écrit :"},
    {"Am ", ":"},
    {"El ", "escribió:"},
    {"Em ", "escreveu:"},
    {"Il ", "scritto:"},
    {"Op ", "schreef:"},
    {"Den ", "skrev:"},
    {"", "ने लिखा:"},
    {"", "<wrote>:"},
}};

constexpr std::array<std::string_view, 8> kSentFrom{
    "Sent from my ",  "Get Outlook for ", "Sent from Yahoo",   "Sent from Outlook",
    "Envoyé de mon ", "Von meinem ",      "Enviado desde mi ", "Enviado do meu "};

constexpr std::array<std::string_view, 8> kOriginal{
    "-----Original Message",  "----- Original Message",          "-----Ursprüngliche Nachricht",
    "-----Message d'origine", "-----Mensaje original",           "---------- Forwarded message",
    "-----Mensagem original", "________________________________"};

bool isIntroduction(const std::vector<std::string_view>& lines, std::size_t at) {
    std::string run;
    for (std::size_t i = at; i < lines.size() && i < at + 3; ++i) {
        const auto line = trimmed(lines[i]);
        if (line.empty() || line.starts_with('>')) return false;
        run += (run.empty() ? "" : " ") + std::string(line);
        if (run.size() > 400) return false;
        for (const auto& [begin, end] : kIntroductions) {
            if (!run.starts_with(begin) || !run.ends_with(end)) continue;
            if (begin != "Am " || holdsIgnoringCase(run, "schrieb")) return true;
        }
    }
    return false;
}

/// Outlook's block: "From: …" and soon "Sent: …" or "Date: …", in the reader's language.
bool isHeaderBlock(const std::vector<std::string_view>& lines, std::size_t at) {
    constexpr std::array<std::string_view, 5> kFrom{"From: ", "Von: ", "De: ", "De : ", "*From:*"};
    constexpr std::array<std::string_view, 9> kSent{
        "Sent: ",    "Date: ",  "Gesendet: ", "Envoyé : ", "Envoyé: ",
        "Enviado: ", "Fecha: ", "Datum: ",    "*Sent:*"};
    const auto begins = [](std::string_view line, const auto& marks) {
        return std::any_of(marks.begin(), marks.end(), [&](auto mark) { return line.starts_with(mark); });
    };
    if (!begins(trimmed(lines[at]), kFrom)) return false;
    for (std::size_t i = at + 1; i < lines.size() && i < at + 4; ++i)
        if (begins(trimmed(lines[i]), kSent)) return true;
    return false;
}

bool endsAt(const std::vector<std::string_view>& lines, std::size_t at) {
    const auto line = lines[at], words = trimmed(line);
    const auto begins = [&](auto mark) { return words.starts_with(mark); };
    return line == "-- " || words == "--" || std::any_of(kOriginal.begin(), kOriginal.end(), begins) ||
           isHeaderBlock(lines, at);
}

bool isSentFrom(std::string_view line) {
    return std::any_of(kSentFrom.begin(), kSentFrom.end(),
                       [&](auto mark) { return trimmed(line).starts_with(mark); });
}

}  // namespace

std::string withoutQuotes(std::string_view text) {
    const auto lines = linesOf(text);
    std::string kept;
    bool introduced = false;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto line = lines[i];
        if (endsAt(lines, i)) break;
        if (isIntroduction(lines, i)) introduced = true;
        const bool quoted = trimmed(line).starts_with('>');
        if (quoted) introduced = false;  // what comes after the quote is the person's again
        if (quoted || introduced || isSentFrom(line)) continue;
        auto end = line;
        while (end.ends_with(' ') || end.ends_with('\t')) end.remove_suffix(1);
        if (end.empty() && (kept.empty() || kept.ends_with("\n\n"))) continue;
        kept.append(end).append("\n");
    }
    return std::string(trimmed(kept));
}

}  // namespace overture::email
