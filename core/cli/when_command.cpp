// overture when: which time a phrase means.
#include <iostream>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/batch.hpp"
#include "cli/command.hpp"
#include "cli/evidence_options.hpp"
#include "compliance/gate.hpp"
#include "compliance/rules.hpp"
#include "compliance/when.hpp"

namespace overture::cli {
namespace {

std::string zoneNamed(const std::string& zone) {
    if (!isZone(zone))
        throw Error("\"" + zone + "\" is no time zone", "", "Name one such as America/Phoenix.");
    return zone;
}

compliance::Listener listenerOf(const Json& question) {
    compliance::Listener listener;
    listener.zone = zoneNamed(neededText(question, "zone"));
    listener.now = SystemClock{}.now();
    const auto at = questionText(question, question.contains("at") ? "at" : "now");
    if (!at.empty()) {
        const auto instant = parseRfc3339(at);
        if (!instant)
            throw Error("\"" + at + "\" is no instant", "", "Write one such as 2026-03-03T17:00:00Z.");
        listener.now = *instant;
    }
    if (const auto ours = questionText(question, "our_zone"); !ours.empty())
        listener.ourZone = zoneNamed(ours);
    listener.language = questionText(question, "language");
    if (const auto hours = questionText(question, "hours"); !hours.empty()) {
        const auto open = compliance::openTimeOf(hours);
        if (!open) throw Error("\"" + hours + "\" are no hours", "", "Write hours such as 09:00-18:00.");
        listener.dayBegins = open->from;
        listener.dayEnds = open->to;
    }
    return listener;
}

/// When a contact by "channel" may follow the wish: the gate's own answer for its first instant.
Json allowedAt(const Json& question, Instant from) {
    static const compliance::Gate gate;
    compliance::ContactRequest request;
    request.channel = questionText(question, "channel");
    request.place = evidenceOf(question);
    request.address = request.channel == "email" ? questionText(question, "email") : request.place.phone;
    request.consent = compliance::ConsentLevel::expressWritten;
    request.at = from;
    const auto verdict = gate.decide(request);
    if (const auto* no = std::get_if<compliance::Refused>(&verdict))
        return {{"at", nullptr}, {"rule", no->rule}, {"reason", no->reason}};
    if (const auto* later = std::get_if<compliance::NotBefore>(&verdict))
        return {{"at", toRfc3339(later->at)}, {"rule", later->rule}, {"holiday", later->holiday}};
    return {{"at", toRfc3339(from)}};
}

Json answerWhen(const Json& question) {
    const auto listener = listenerOf(question);
    const auto when = compliance::readWhen(neededText(question, "text"), listener);
    Json answer = {{"verdict", compliance::nameOf(when.kind)},
                   {"ambiguous", when.kind == compliance::When::Kind::unsure},
                   {"why", when.kind == compliance::When::Kind::none ? "no time is named" : when.why}};
    if (when.from) answer["from"] = toRfc3339(*when.from);
    if (when.to) answer["to"] = toRfc3339(*when.to);
    if (when.open) answer["open"] = true;
    if (when.from && question.contains("channel")) answer["allowed"] = allowedAt(question, *when.from);
    return answer;
}

std::string shown(const Json& answer, const std::string& zone) {
    const auto local = [&](const char* key) {
        return localTime(zone, *parseRfc3339(textOf(answer, key))).text();
    };
    auto text = textOf(answer, "verdict");
    if (answer.contains("from")) {
        text += ": " + local("from");
        if (answer["from"] != answer["to"])
            text += answer.contains("open") ? " or later" : " to " + local("to");
        text += " in " + zone;
    }
    text += "\n" + textOf(answer, "why") + "\n";
    if (!answer.contains("allowed")) return text;
    const auto& allowed = answer["allowed"];
    if (allowed["at"].is_null())
        return text + "nobody may be contacted then: " + textOf(allowed, "reason") + "\n";
    if (allowed["at"] == answer["from"]) return text + "and may be contacted then\n";
    const auto at = *parseRfc3339(textOf(allowed, "at"));
    if (at < *parseRfc3339(textOf(answer, "to")))
        return text + "and may be contacted then, from " + localTime(zone, at).text() + " (" +
               textOf(allowed, "rule") + ")\n";
    return text + (allowed["holiday"].get<bool>() ? "that is a holiday there" : "that is not allowed") +
           " (" + textOf(allowed, "rule") + "); allowed from " + localTime(zone, at).text() + "\n";
}

int runWhen(const std::vector<std::string>& words) {
    auto spec = evidenceSpec();
    spec.insert(spec.end(),
                {"now=", "at=", "language=", "our-zone=", "hours=", "channel=", "email=", "batch=", "json"});
    const Arguments arguments(words, spec);
    if (arguments.has("batch")) return runBatch(arguments.value("batch"), answerWhen);
    if (arguments.positional().size() != 1) throw UsageError{"give one text, in quotes"};
    if (!arguments.has("zone")) throw UsageError{"name the person's time zone with --zone"};
    auto question = evidenceQuestion(arguments);
    question["text"] = arguments.positional()[0];
    for (const char* key : {"zone", "language", "hours", "channel", "email"})
        if (arguments.has(key)) question[key] = arguments.value(key);
    if (arguments.has("our-zone")) question["our_zone"] = arguments.value("our-zone");
    if (arguments.has("now") || arguments.has("at"))
        question["at"] = arguments.value("now", arguments.value("at"));
    const auto answer = answerWhen(question);
    std::cout << (arguments.has("json") ? toText(answer) + "\n" : shown(answer, arguments.value("zone")));
    return 0;
}

const Registered when{
    {"when", "which time does this phrase mean",
     R"(Usage: overture when TEXT --zone ZONE [--now INSTANT] [--language en] [--channel CHANNEL --phone NUMBER] [--json]
       overture when --batch FILE       one {"id", "text", "zone", "at", "our_zone"?, "hours"?, "language"?} a line; - is standard input

Answers from when to when the person means, on their own clock: equal for a moment, from local midnight to local midnight
for whole days. "unsure" is what can be read in more than one way, with the likeliest reading when there is one.

  --zone ZONE          of the person, such as America/Phoenix
  --now INSTANT        when they wrote it, RFC 3339; the present without it (also --at)
  --our-zone ZONE      what "your time" means
  --hours 08:00-21:00  hours in which "at 3" must lie
  --language CODE      a hint; the words decide without it
  --channel CHANNEL    sms, whatsapp, voice or email: says also when the rules allow a contact then or next, and whether a holiday
                       stands in its way; with --phone, --email, --state, --postal-code, --country, --said as evidence of place
  --json               the answer as one JSON object; "allowed" is {"at", "rule", "holiday"}

Example: overture when "call me Thursday after lunch" --zone America/Phoenix
)",
     runWhen}};

}  // namespace
}  // namespace overture::cli
