#include "csr.hpp"

#include <algorithm>
#include <cstdint>

#include "understanding.hpp"

namespace overture::scripted {
namespace {

using Texts = std::vector<std::string>;

std::uint64_t mixed(std::uint64_t value) {
    value += 0x9e3779b97f4a7c15ULL;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
    return value ^ (value >> 31);
}

std::uint64_t seedOf(const Json& context) {
    const auto seed = context.find("seed");
    const auto base = seed != context.end() && seed->is_number_unsigned() ? seed->get<std::uint64_t>()
                      : seed != context.end() && seed->is_number_integer()
                          ? static_cast<std::uint64_t>(seed->get<std::int64_t>())
                          : 0;
    return mixed(base + itemsOf(context, "sent").size());
}

/// The same texts, begun at a place that the seed chooses.
Texts turned(Texts texts, std::uint64_t seed) {
    if (!texts.empty())
        std::rotate(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(seed % texts.size()),
                    texts.end());
    return texts;
}

int sentencesIn(const std::string& text) {
    int ends = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool last = i + 1 == text.size() || text[i + 1] == ' ';
        if (last && (text[i] == '.' || text[i] == '!' || text[i] == '?')) ++ends;
    }
    return std::max(1, ends);
}

/// What may be said, best first.
class Choices {
public:
    explicit Choices(const Json& context)
        : context_(context), sent_(listOf(context, "sent")), previous_(textOf(context, "previous_draft")) {}

    void add(const std::string& text) {
        if (!text.empty()) texts_.push_back(text);
    }
    void add(const std::string& line, const std::string& ask) {
        const auto both = ask.empty() ? line : line.empty() ? ask : line + " " + ask;
        const int most = numberOf(context_, "sentences");
        if (line.find('?') != std::string::npos && !ask.empty()) return add(line);
        if (most == 0 || sentencesIn(both) <= most) add(both);
    }
    /// The first that was not said already and is not the draft that was sent back; "" when there is none.
    std::string best() const {
        const auto fresh = std::find_if(texts_.begin(), texts_.end(), [&](const std::string& text) {
            return text != previous_ && !wasSent(text);
        });
        return fresh == texts_.end() ? std::string() : *fresh;
    }
    /// The first that is at least not the draft that was sent back.
    std::string bestEvenIfSent() const {
        const auto text = best();
        if (!text.empty()) return text;
        const auto other = std::find_if(texts_.begin(), texts_.end(),
                                        [&](const std::string& one) { return one != previous_; });
        return other == texts_.end() ? std::string() : *other;
    }

private:
    bool wasSent(const std::string& text) const {
        return std::any_of(sent_.begin(), sent_.end(), [&](const std::string& sent) {
            return collapse(sent).starts_with(collapse(text)) && sent.size() < text.size() + 80;
        });
    }
    const Json& context_;
    Texts sent_;
    std::string previous_;
    Texts texts_;
};

/// The question for the first fact that is still open after this message.
std::string nextAsk(const Json& missing, const Json& facts) {
    for (const auto& fact : missing)
        if (!facts.contains(textOf(fact, "name")) && !textOf(fact, "ask").empty()) return textOf(fact, "ask");
    return {};
}

std::string onEntering(const Json& context, const Texts& lines, const std::string& ask) {
    Choices choices(context);
    for (const auto& line : lines) choices.add(line, ask);
    choices.add(ask);
    return choices.bestEvenIfSent();
}

std::string onObjection(const Json& context, const Json& objection, const Texts& lines,
                        const std::string& ask) {
    Choices choices(context);
    const auto answer = textOf(objection, "answer");
    choices.add(answer);
    if (!answer.empty()) choices.add(answer, ask);
    if (!ask.empty()) choices.add(ask);
    for (const auto& line : lines) choices.add(line, ask);
    return choices.best();
}

std::string onQuestion(const Json& context, const Texts& lines, const std::string& ask, bool acknowledge) {
    Choices choices(context);
    if (!acknowledge) choices.add(ask);
    for (const auto& line : lines)
        if (line.find('?') == std::string::npos && line.size() <= 90) choices.add(line, ask);
    choices.add(ask);
    return choices.bestEvenIfSent();
}

std::string replyTo(const Json& context, const Understanding& u) {
    const auto seed = seedOf(context);
    const auto lines = turned(listOf(context, "lines"), seed);
    const auto ask = nextAsk(itemsOf(context, "missing"), u.facts);
    const bool silent = textOf(context, "incoming").empty();
    if (context.value("slots_just_offered", false)) return onEntering(context, lines, "");
    if (u.signals.wantsPerson && !silent) return {};
    if (silent || context.value("just_entered", false)) return onEntering(context, lines, silent ? "" : ask);
    if (u.objection) return onObjection(context, *u.objection, lines, ask);
    if (u.move)
        return onEntering(context, turned(listOf(*u.move, "lines"), seed),
                          nextAsk(itemsOf(*u.move, "missing"), u.facts));
    if (!ask.empty() && !u.declined)
        return onQuestion(context, lines, ask, mixed(seed) % 2 == 0 && !u.facts.empty());
    Choices choices(context);
    for (const auto& line : lines) choices.add(line);
    const bool mustAnswer = !textOf(context, "pending_slot").empty() || !itemsOf(context, "slots").empty();
    return mustAnswer ? choices.bestEvenIfSent() : choices.best();
}

Json orNull(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

}  // namespace

Json playCsr(const Json& context) {
    const auto u = understand(context);
    const auto reply = replyTo(context, u);
    Json facts = Json::array();
    for (const auto& [name, value] : u.facts.items()) facts.push_back({{"name", name}, {"value", value}});
    const bool saysWhereTo = u.signals.wantsPerson || u.declined || u.move || u.slotChoice > 0 ||
                             !u.slotAnswer.empty() || !u.factAnswer.empty();
    return Json{{"reply", reply},
                {"move", u.move ? orNull(textOf(*u.move, "to")) : Json(nullptr)},
                {"facts", facts},
                {"objection", u.objection ? orNull(textOf(*u.objection, "name")) : Json(nullptr)},
                {"sentiment", u.sentiment},
                {"language", orNull(u.language)},
                {"wants_person", u.signals.wantsPerson},
                {"slot_choice", u.slotChoice},
                {"slot_answer", orNull(u.slotAnswer)},
                {"fact_answer", orNull(u.factAnswer)},
                {"declined", u.declined},
                {"nothing_to_say", reply.empty() && !saysWhereTo},
                {"unsure", false}};
}

}  // namespace overture::scripted
