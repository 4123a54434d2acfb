// overture gate explain: whether a contact may be made, when, and by which rules.
#include <iostream>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/batch.hpp"
#include "cli/command.hpp"
#include "cli/evidence_options.hpp"
#include "compliance/gate.hpp"

namespace overture::cli {
namespace {

using compliance::ContactRequest;
using compliance::Gate;

Instant instantIn(const Json& value, const char* key) {
    const auto at = value.is_string() ? parseRfc3339(value.get<std::string>()) : std::nullopt;
    if (!at) throw Error(std::string("\"") + key + "\" must be an instant such as 2026-03-02T18:00:00Z");
    return *at;
}

bool flagOf(const Json& question, const char* key) {
    const auto at = question.find(key);
    if (at == question.end() || at->is_null()) return false;
    if (!at->is_boolean()) throw Error(std::string("\"") + key + "\" must be true or false");
    return *at;
}

compliance::ConsentLevel consentOf(const Json& question) {
    const auto name = questionText(question, "consent");
    if (name.empty() || name == "express_written") return compliance::ConsentLevel::expressWritten;
    if (name == "express") return compliance::ConsentLevel::express;
    if (name == "none") return compliance::ConsentLevel::none;
    throw Error("\"consent\" must be none, express or express_written");
}

compliance::RegistryState registryOf(const Json& document) {
    if (!document.is_object())
        throw Error("\"registry\" must be an object such as {\"age_days\": 3, \"listed\": false}");
    compliance::RegistryState state;
    state.listed = flagOf(document, "listed");
    state.name = questionText(document, "name");
    state.date = questionText(document, "date");
    state.country = questionText(document, "country");
    for (const auto& [key, into] :
         {std::pair("age_days", &state.ageDays), std::pair("max_age_days", &state.maxAgeDays)}) {
        const auto age = document.find(key);
        if (age == document.end() || age->is_null()) continue;
        if (!age->is_number_integer()) throw Error(std::string("\"") + key + "\" must be a whole number");
        *into = age->get<int>();
    }
    return state;
}

/// "registry": one, whichever it is; "registries": several, by their names.
std::vector<compliance::RegistryState> registriesOf(const Json& question) {
    std::vector<compliance::RegistryState> registries;
    if (const auto one = question.value("registry", Json(nullptr)); !one.is_null())
        registries.push_back(registryOf(one));
    const auto several = question.value("registries", Json(nullptr));
    if (!several.is_null() && !several.is_array()) throw Error("\"registries\" must be a list of objects");
    for (const auto& one : several) registries.push_back(registryOf(one));
    return registries;
}

ContactRequest requestOf(const Json& question) {
    ContactRequest request;
    request.channel = neededText(question, "channel");
    if (!question.contains("at")) throw Error("\"at\" is missing");
    request.at = instantIn(question["at"], "at");
    request.place = evidenceOf(question);
    request.address = request.channel == "email" ? questionText(question, "email") : request.place.phone;
    if (const auto purpose = questionText(question, "purpose"); !purpose.empty()) request.purpose = purpose;
    request.consent = consentOf(question);
    request.registries = registriesOf(question);
    request.suppressed = flagOf(question, "suppressed");
    if (question.contains("suppressed_at"))
        request.suppressedAt = instantIn(question["suppressed_at"], "suppressed_at");
    const auto attempts = question.value("attempts", Json(nullptr));
    if (!attempts.is_null() && !attempts.is_array()) throw Error("\"attempts\" must be a list of instants");
    for (const auto& attempt : attempts) request.attempts.push_back(instantIn(attempt, "attempts"));
    return request;
}

/// Of the rules that allowed it, the window of the narrowest jurisdiction, else the first.
Json tellingRule(const Json& rules) {
    Json telling = rules.empty() ? Json{{"id", ""}, {"source", ""}} : rules.front();
    for (const auto& rule : rules)
        if (rule["id"].get_ref<const std::string&>().ends_with(".window")) telling = rule;
    return telling;
}

Json asJson(const compliance::Permit& permit) {
    const auto& document = permit.document();
    const auto rule = tellingRule(document["rules"]);
    auto rules = Json::array();
    for (const auto& one : document["rules"]) rules.push_back(one["id"]);
    return {{"verdict", "allow"},
            {"rule", rule["id"]},
            {"source", rule["source"]},
            {"rules", rules},
            {"zones", permit.places().zones},
            {"jurisdictions", permit.places().jurisdictions}};
}

Json asJson(const compliance::NotBefore& later) {
    return {{"verdict", "not_before"},     {"not_before", toRfc3339(later.at)},
            {"rule", later.rule},          {"source", later.source},
            {"zones", later.places.zones}, {"jurisdictions", later.places.jurisdictions}};
}

Json asJson(const compliance::Refused& refused) {
    return {{"verdict", "refuse"},           {"rule", refused.rule},
            {"reason", refused.reason},      {"source", refused.source},
            {"zones", refused.places.zones}, {"jurisdictions", refused.places.jurisdictions}};
}

/// "own": {"window": "10:00-17:00", "days": "Mon-Fri", "attempts_per_day": 2}; looser than the rules is refused.
compliance::OwnRules ownOf(const Gate& gate, const Json& question) {
    compliance::OwnRules own;
    const auto given = question.value("own", Json::object());
    if (!given.is_object()) throw Error("\"own\" must be an object such as {\"window\": \"10:00-17:00\"}");
    if (const auto window = questionText(given, "window"); !window.empty()) own.window = window;
    if (const auto days = questionText(given, "days"); !days.empty()) own.days = days;
    if (const auto attempts = given.value("attempts_per_day", Json(nullptr)); !attempts.is_null()) {
        if (!attempts.is_number_unsigned()) throw Error("\"attempts_per_day\" must be a whole number");
        own.attemptsPerDay = attempts.get<int>();
    }
    gate.requireTighter(own);
    return own;
}

Json answerGate(const Gate& gate, const Json& question) {
    const auto verdict = gate.decide(requestOf(question), ownOf(gate, question));
    return std::visit([](const auto& one) { return asJson(one); }, verdict);
}

/// "17:00:00Z" alone tells little: the same instant on the wall clocks of the zones.
std::string localTimes(const Json& zones, Instant at) {
    std::vector<std::string> times;
    for (const auto& zone : zones)
        times.push_back(localTime(zone.get<std::string>(), at).text() + " in " + zone.get<std::string>());
    return join(times, "; ");
}

void printAnswer(const Json& answer, Instant at) {
    const auto verdict = textOf(answer, "verdict");
    if (verdict == "allow")
        std::cout << "Allowed at " << toRfc3339(at) << "\n";
    else if (verdict == "refuse")
        std::cout << "Refused: " << textOf(answer, "reason") << "\n";
    else
        std::cout << "Not now; allowed from " << textOf(answer, "not_before") << "\n";
    std::cout << "Rule           " << textOf(answer, "rule") << " (" << textOf(answer, "source") << ")\n"
              << "Zones          " << listText(answer["zones"]) << "\n"
              << "Jurisdictions  " << listText(answer["jurisdictions"]) << "\n";
    if (!answer["zones"].empty()) std::cout << "Asked for      " << localTimes(answer["zones"], at) << "\n";
    if (const auto later = parseRfc3339(textOf(answer, "not_before")))
        std::cout << "Opens          " << localTimes(answer["zones"], *later) << "\n";
    if (answer.contains("rules")) std::cout << "All rules      " << listText(answer["rules"]) << "\n";
}

Json questionOf(const Arguments& arguments) {
    auto question = evidenceQuestion(arguments);
    for (const auto* key : {"channel", "at", "email", "purpose", "consent"})
        if (arguments.has(key)) question[key] = arguments.value(key);
    if (!question.contains("channel"))
        throw UsageError{"say the channel: --channel sms, whatsapp, voice or email"};
    if (!question.contains("at")) question["at"] = toRfc3339(SystemClock().now());
    if (arguments.has("suppressed")) question["suppressed"] = true;
    if (arguments.has("listed")) question["registry"]["listed"] = true;
    if (arguments.has("registry-age")) {
        const auto parsed = parseJson(arguments.value("registry-age"), "--registry-age");
        question["registry"]["age_days"] = parsed ? *parsed : Json(arguments.value("registry-age"));
    }
    if (arguments.has("own-window")) question["own"]["window"] = arguments.value("own-window");
    if (arguments.has("own-days")) question["own"]["days"] = arguments.value("own-days");
    if (arguments.has("own-attempts")) {
        const auto parsed = parseJson(arguments.value("own-attempts"), "--own-attempts");
        question["own"]["attempts_per_day"] = parsed ? *parsed : Json(arguments.value("own-attempts"));
    }
    for (const auto& attempt : split(arguments.value("attempts"), ','))
        if (!attempt.empty()) question["attempts"].push_back(attempt);
    return question;
}

int runGateExplain(const std::vector<std::string>& words) {
    auto spec = evidenceSpec();
    spec.insert(spec.end(),
                {"channel=", "at=", "email=", "purpose=", "consent=", "registry-age=", "listed", "suppressed",
                 "attempts=", "own-window=", "own-days=", "own-attempts=", "rules=", "batch=", "json"});
    const Arguments arguments(words, spec);
    if (!arguments.positional().empty())
        throw UsageError{"the question is given by options, such as --phone"};
    const Gate gate(arguments.value("rules"));
    if (arguments.has("batch"))
        return runBatch(arguments.value("batch"),
                        [&](const Json& question) { return answerGate(gate, question); });
    const auto question = questionOf(arguments);
    const auto answer = answerGate(gate, question);
    if (arguments.has("json"))
        std::cout << toText(answer) << "\n";
    else
        printAnswer(answer, instantIn(question["at"], "at"));
    return 0;
}

const Registered gateExplain{{"gate explain", "may this contact be reached now, and by which rules",
                              R"(Usage: overture gate explain --channel CHANNEL [--at INSTANT] [OPTIONS]
       overture gate explain --batch FILE    one question a line; - is standard input

  --channel            sms, whatsapp, voice or email
  --at INSTANT         RFC 3339; now when left out
  --phone, --email     whom; --phone is E.164, or as dialled in --country
  --country, --state, --postal-code, --zone, --said, --ip-state     evidence of place
  --purpose            marketing (default), reply, service, opt_out_confirmation
  --consent            none, express, express_written (default)
  --registry-age DAYS  age of our copy of the do-not-contact register; --listed: the number is on it
  --suppressed         the person opted out
  --attempts A,B       instants of earlier tries
  --own-window 10:00-17:00, --own-days Mon-Fri, --own-attempts N     what the organization narrows the rules to; looser is refused
  --rules DIR          rule packs to use instead of the compiled-in ones
  --json               the answer as one JSON object

A question of a batch has the same names with underscores: {"id": 1, "channel": "sms", "phone": "+13055550123",
"at": "2026-03-02T23:30:00Z", "registry": {"age_days": 3, "listed": false}, "attempts": [], "own": {"window": "10:00-17:00"}}; "registries" is a list of registries
by their names ([{"name": "gb-tps", "date": "2026-03-01", "country": "GB", "age_days": 2, "listed": true}]). The answer has id,
verdict (allow, not_before, refuse), not_before, rule, source, zones, jurisdictions.

Example: overture gate explain --channel sms --phone +13055550123 --at 2026-03-03T01:30:00Z
)",
                              runGateExplain}};

}  // namespace
}  // namespace overture::cli
