#include <algorithm>
#include <cmath>

#include "agent/prompt.hpp"
#include "agent/reading.hpp"
#include "agent/rules.hpp"
#include "base/text.hpp"
#include "playbook/knowledge.hpp"

namespace overture::agent::rules {
namespace {

void collect(const Json& value, std::string& into) {
    if (value.is_string())
        into += value.get<std::string>() + "\n";
    else if (value.is_structured())
        for (const auto& item : value) collect(item, into);
    else if (!value.is_null())
        into += value.dump() + "\n";
}

void collect(const playbook::Texts& texts, std::string& into) {
    for (const auto& [language, text] : texts) into += text + "\n";
}

void collect(const playbook::TextLists& lists, std::string& into) {
    for (const auto& [language, lines] : lists) into += join(lines, "\n") + "\n";
}

void collectStage(const playbook::Stage& stage, std::string& into) {
    into += stage.goal + "\n";
    collect(stage.guide, into);
    collect(stage.lines, into);
    if (!stage.booking) return;
    into += std::to_string(stage.booking->minutes) + "\n";
    for (const auto* lists :
         {&stage.booking->offerLines, &stage.booking->confirmLines, &stage.booking->bookedLines,
          &stage.booking->noneLines, &stage.booking->remindLines})
        collect(*lists, into);
}

void collectSent(const Briefing& briefing, std::string& into) {
    for (const auto& message : *briefing.view.messages)
        if (textOf(message, "direction") == "out") into += textOf(message, "text") + "\n";
}

/// What we may take figures and addresses from: the passages that the CSR was given, everything else an author or the organization wrote, and what was sent before.
std::string ownWords(const Briefing& briefing) {
    const auto& definition = *briefing.definition;
    std::string out = definition.about + "\n" + briefing.guidance + "\n" + briefing.pendingSlot + "\n";
    collect(definition.persona, out);
    collect(briefing.view.settings, out);
    for (const auto& stage : definition.stages) collectStage(stage, out);
    for (const auto& objection : definition.objections) collect(objection.answer, out);
    for (const auto& [name, fact] : definition.facts) collect(fact.ask, out);
    for (const auto& touch : definition.cadence) collect(touch.lines, out);
    out += playbook::sourcesFor(definition.knowledge, askedIn(briefing), briefing.nearest) + "\n";
    out += join(briefing.lines, "\n") + "\n" + join(briefing.slots, "\n") + "\n";
    for (const auto& move : briefing.moves) out += join(move.lines, "\n") + "\n";
    collectSent(briefing, out);
    return out;
}

/// Where a time may be taken from: around a booking only from what is offered and said now, or was sent before; business
/// hours in an author's text are no free times.
std::string timeWords(const Briefing& briefing) {
    if (!briefing.stage->booking) return ownWords(briefing);
    std::string out =
        briefing.guidance + "\n" + briefing.pendingSlot + "\n" + join(briefing.slots, "\n") + "\n";
    out += join(briefing.lines, "\n") + "\n";
    for (const auto& move : briefing.moves) out += join(move.lines, "\n") + "\n";
    collectSent(briefing, out);
    return out;
}

/// What the lead said and what is known of them: figures in here may be echoed.
std::string leadWords(const Briefing& briefing) {
    std::string out = briefing.incoming + "\n";
    collect(briefing.view.lead, out);
    collect(briefing.view.facts, out);
    for (const auto& message : *briefing.view.messages)
        if (textOf(message, "direction") == "in") out += textOf(message, "text") + "\n";
    return out;
}

void add(std::vector<Fault>& faults, std::string_view rule, std::string reason) {
    faults.push_back({rule, Review::Verdict::revise, std::move(reason)});
}

/// The reply without the texts of offered times, which are the engine's own.
std::string withoutSlots(const Briefing& briefing, std::string reply) {
    for (const auto& slot : briefing.slots) reply = replaceAll(std::move(reply), slot, " … ");
    return replaceAll(std::move(reply), briefing.pendingSlot, " … ");
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

bool sameNumber(const std::vector<std::string>& known, const std::string& phone) {
    return std::any_of(known.begin(), known.end(), [&](const std::string& other) {
        return other.ends_with(phone) || phone.ends_with(other);
    });
}

bool sameLink(const std::vector<std::string>& known, const std::string& link) {
    const auto bare = [](std::string text) {
        for (const auto* start : {"https://", "http://", "www."})
            if (text.starts_with(start)) text.erase(0, std::string(start).size());
        while (text.ends_with('/')) text.pop_back();
        return text;
    };
    return std::any_of(known.begin(), known.end(),
                       [&](const std::string& other) { return bare(other) == bare(link); });
}

void checkAmounts(const std::string& reply, const std::string& known, std::vector<Fault>& faults) {
    const auto amounts = reading::amounts(reply);
    if (amounts.empty()) return;
    const auto numbers = reading::numbers(known);
    const auto percents = reading::amounts(known);
    for (const auto& amount : amounts) {
        const auto same = [&](double value) { return std::abs(value - amount.value) < 0.005; };
        const bool found = amount.percent
                               ? std::any_of(percents.begin(), percents.end(),
                                             [&](auto& other) { return other.percent && same(other.value); })
                               : std::any_of(numbers.begin(), numbers.end(), same);
        if (!found)
            add(faults, amount.percent ? "percentage" : "price",
                "\"" + amount.shown + "\" stands neither in the playbook nor in the lead's own words.");
    }
}

bool sharesDay(const std::vector<reading::Day>& known, const reading::Day& day) {
    return std::any_of(known.begin(), known.end(),
                       [&](const auto& other) { return other.month == day.month && other.day == day.day; });
}

void checkDays(const std::vector<reading::Day>& days, const std::string& known, std::vector<Fault>& faults) {
    const auto knownDays = reading::days(known);
    for (const auto& day : days) {
        const bool found = std::any_of(days.begin(), days.end(), [&](const auto& reading) {
            return reading.shown == day.shown && sharesDay(knownDays, reading);
        });
        if (!found) add(faults, "date", "\"" + day.shown + "\" is not an offered day.");
    }
}

}  // namespace

void checkSources(const Briefing& briefing, const Draft& draft, std::vector<Fault>& faults) {
    const auto reply = withoutSlots(briefing, draft.reply);
    const auto links = reading::links(reply);
    const auto emails = reading::emails(reply);
    const auto phones = reading::phones(reply);
    if (links.empty() && emails.empty() && phones.empty() && reading::amounts(reply).empty()) return;

    const auto own = ownWords(briefing);
    const auto known = own + leadWords(briefing);
    const auto ownLinks = links.empty() ? links : reading::links(own);
    for (const auto& link : links)
        if (!sameLink(ownLinks, link)) add(faults, "link", "\"" + link + "\" is not a link of ours.");
    for (const auto& email : emails)
        if (!contains(reading::emails(known), email))
            add(faults, "email", "\"" + email + "\" is not a known address.");
    for (const auto& phone : phones)
        if (!sameNumber(reading::phones(known), phone))
            add(faults, "phone", "\"" + phone + "\" is not a known number.");
    checkAmounts(reply, known, faults);
}

void checkTimes(const Briefing& briefing, const Draft& draft, std::vector<Fault>& faults) {
    const auto times = reading::clockTimes(draft.reply);
    const auto days = reading::days(draft.reply);
    const auto named = briefing.stage->booking ? reading::weekdays(draft.reply, false) : std::vector<int>();
    if (times.empty() && days.empty() && named.empty()) return;
    const auto own = timeWords(briefing);
    const auto knownTimes = times.empty() ? times : reading::clockTimes(own);
    for (const auto& time : times)
        if (std::none_of(knownTimes.begin(), knownTimes.end(),
                         [&](const auto& other) { return time.matches(other); }))
            add(faults, "time", "\"" + time.shown + "\" is not an offered time.");
    if (!days.empty()) checkDays(days, own, faults);
    if (named.empty()) return;
    const auto knownWeekdays = reading::weekdays(own + leadWords(briefing), true);
    for (const auto weekday : named)
        if (std::find(knownWeekdays.begin(), knownWeekdays.end(), weekday) == knownWeekdays.end())
            add(faults, "weekday", "Name no weekday other than those of the offered times.");
}

}  // namespace overture::agent::rules
