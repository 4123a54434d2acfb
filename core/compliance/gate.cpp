#include "compliance/gate.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "compliance/numbers.hpp"
#include "compliance/permit_grounds.hpp"
#include "compliance/rules.hpp"
#include "compliance/schedule.hpp"
#include "compliance/tables.hpp"
#include "compliance/zone_clock.hpp"

namespace overture::compliance {
namespace {

using RuleList = std::vector<const Rule*>;

constexpr auto kHorizon = days(60);
constexpr auto kConfirmationTime = minutes(5);

bool isEmail(std::string_view address) {
    const auto at = address.find('@');
    if (at == std::string_view::npos || at == 0 || address.find('@', at + 1) != std::string_view::npos)
        return false;
    const auto dot = address.find('.', at + 2);
    return dot != std::string_view::npos && dot + 1 < address.size() &&
           address.find_first_of(" \t\r\n,;<>") == std::string_view::npos;
}

bool isReadable(const ContactRequest& request) {
    return channelBit(request.channel) == channelBit("email") ? isEmail(request.address)
                                                              : readNumber(request.address).readable;
}

Places placesOfRequest(const ContactRequest& request) {
    if (channelBit(request.channel) == channelBit("email") || request.place.phone == request.address)
        return placesOf(request.place);
    auto evidence = request.place;
    evidence.phone = request.address;
    return placesOf(evidence);
}

/// Rules of every jurisdiction that was named. A country without a pack has the pack of "anywhere else".
RuleList rulesFor(const RulePacks& packs, const Places& places, std::uint8_t channel, std::uint8_t purpose) {
    RuleList rules;
    const auto add = [&](std::string_view jurisdiction) {
        for (const auto* rule : packs.of(jurisdiction))
            if ((rule->channels & channel) != 0 && (rule->purposes & purpose) != 0 &&
                std::find(rules.begin(), rules.end(), rule) == rules.end())
                rules.push_back(rule);
    };
    add("every");
    for (const auto& jurisdiction : places.jurisdictions) {
        const bool isCountry = jurisdiction.find('-') == std::string::npos;
        add(isCountry && packs.of(jurisdiction).empty() ? "*" : jurisdiction);
    }
    return rules;
}

std::string registerText(const RegistryState& state) {
    return "do-not-contact register" + (state.name.empty() ? "" : " " + state.name) +
           (state.date.empty() ? "" : " of " + state.date);
}

/// Why what a register says of the number refuses, and whether another answer may be had.
struct Objection {
    std::string reason;
    bool again = false;
};

/// It lists the number, has not answered for it, or its copy is older than `most` days.
std::optional<Objection> objectionBy(const RegistryState& state, std::optional<int> most) {
    if (state.listed) return Objection{"the number is on the " + registerText(state)};
    if (state.asked && !state.ageDays)
        return Objection{"the " + registerText(state) + " has not answered for this number", true};
    if (state.maxAgeDays && (!most || *state.maxAgeDays < *most)) most = state.maxAgeDays;
    if (!most || !state.ageDays || (*state.ageDays <= *most && *state.ageDays >= 0)) return std::nullopt;
    return Objection{(state.asked ? "the answer of the " : "our copy of the ") + registerText(state) +
                         " is " + std::to_string(*state.ageDays) + " days old; at most " +
                         std::to_string(*most) + " are allowed",
                     state.asked};
}

std::optional<Refused> registryRefusal(const Rule& rule, const ContactRequest& request, bool known) {
    if (rule.kind != Rule::Kind::registry || request.consent >= rule.level) return std::nullopt;
    bool fetched = false;
    for (const auto& state : request.registries) {
        if (!state.name.empty() && state.name != rule.registry) continue;
        fetched = fetched || state.ageDays;
        if (!known) continue;
        if (auto no = objectionBy(state, rule.maxAgeDays))
            return Refused{rule.id, std::move(no->reason), rule.source, {}, no->again ? state.name : ""};
    }
    if (known || fetched || !rule.unknownRefuses) return std::nullopt;
    return Refused{rule.id,
                   "the do-not-contact register " + (rule.registry.empty() ? "" : rule.registry + " ") +
                       "has never been fetched",
                   rule.source,
                   {}};
}

/// A register that no rule asks is a list of the organization's own: it refuses whatever consent there is.
std::optional<Refused> ownRegistryRefusal(const RulePacks& packs, const ContactRequest& request,
                                          const Places& places) {
    const auto concerns = [&](const RegistryState& state) {
        return state.listed || state.country.empty() ||
               std::find(places.jurisdictions.begin(), places.jurisdictions.end(), state.country) !=
                   places.jurisdictions.end();
    };
    for (const auto& state : request.registries) {
        if (state.name.empty() || packs.registry(state.name).first != nullptr || !concerns(state)) continue;
        if (auto no = objectionBy(state, std::nullopt))
            return Refused{"house.registry",
                           std::move(no->reason),
                           "the organization's own register",
                           {},
                           no->again ? state.name : ""};
    }
    return std::nullopt;
}

std::optional<Refused> consentRefusal(const Rule& rule, const ContactRequest& request) {
    if (rule.kind != Rule::Kind::consent || request.consent >= rule.level) return std::nullopt;
    return Refused{rule.id,
                   "consent is " + std::string(nameOf(request.consent)) + "; " +
                       std::string(nameOf(rule.level)) + " is needed",
                   rule.source,
                   {}};
}

std::optional<Refused> refusalByRules(const RuleList& rules, const ContactRequest& request) {
    for (const auto* rule : rules)
        if (auto refused = registryRefusal(*rule, request, true)) return refused;
    for (const auto* rule : rules)
        if (auto refused = consentRefusal(*rule, request)) return refused;
    for (const auto* rule : rules)
        if (auto refused = registryRefusal(*rule, request, false)) return refused;
    return std::nullopt;
}

std::vector<const ZoneClock*> clocksOf(const Places& places) {
    std::vector<const ZoneClock*> clocks;
    for (const auto& zone : places.zones) {
        const auto* clock = ZoneClock::find(zone);
        if (clock == nullptr) return {};
        const auto same = [&](const ZoneClock* other) { return other->signature() == clock->signature(); };
        if (std::none_of(clocks.begin(), clocks.end(), same)) clocks.push_back(clock);
    }
    return clocks;
}

/// The organization's own hours as a rule like any other.
Rule ownWindow(const OwnRules& own) {
    Rule rule;
    rule.id = "organization.window";
    rule.source = "the organization's own hours";
    const auto bits = own.days ? daysOf(*own.days) : std::uint8_t{127};
    const auto open = own.window ? openTimeOf(*own.window) : OpenTime{seconds(0), hours(24)};
    if (!bits)
        throw Error("\"" + *own.days + "\" are no days", "own rules",
                    "Write days such as Mon-Fri or Sat,Sun.");
    if (!open)
        throw Error("\"" + *own.window + "\" is no window", "own rules",
                    "Write a window such as 10:00-17:00.");
    for (unsigned day = 0; day < 7; ++day)
        if ((*bits >> day & 1) != 0) rule.open[day].push_back(*open);
    return rule;
}

/// Why the organization's rules cannot be read; empty when they can.
std::string troubleOf(const OwnRules& own) {
    if (own.attemptsPerDay && *own.attemptsPerDay < 0) return "the organization's own cap is no number";
    try {
        if (own.window || own.days) (void)ownWindow(own);
    } catch (const Error& error) {
        return "the organization's own rules cannot be read: " + error.problem().what;
    }
    return {};
}

std::string clockText(seconds ofDay) {
    const auto two = [](long number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return two(ofDay / hours(1)) + ":" + two(ofDay % hours(1) / minutes(1));
}

/// Something that says when contact is next allowed, and by what name it is known.
struct Bound {
    const Rule* window = nullptr;
    const ZoneClock* clock = nullptr;
    std::size_t attempts = 0;
    seconds period{};
    std::string_view rule, source;
};

constexpr std::string_view kOwnCap = "organization.attempts";

/// What narrows the rules: the organization's own, and those of the question.
struct Narrowing {
    const OwnRules* own;
    std::optional<Rule> hours;
};

std::vector<Narrowing> narrowings(std::initializer_list<const OwnRules*> all) {
    std::vector<Narrowing> found;
    for (const auto* own : all)
        if (own->any())
            found.push_back({own, own->window || own->days ? std::optional(ownWindow(*own)) : std::nullopt});
    return found;
}

std::vector<Bound> boundsOf(const RuleList& rules, const std::vector<const ZoneClock*>& clocks,
                            const std::vector<Narrowing>& narrower, std::uint8_t purpose) {
    std::vector<Bound> bounds;
    for (const auto* rule : rules) {
        if (rule->kind == Rule::Kind::cap)
            bounds.push_back({nullptr, nullptr, rule->attempts, rule->period, rule->id, rule->source});
        if (rule->kind != Rule::Kind::window) continue;
        for (const auto* clock : clocks) bounds.push_back({rule, clock, 0, {}, rule->id, rule->source});
    }
    for (const auto& [own, ownHours] : narrower) {
        if (ownHours)
            for (const auto* clock : clocks)
                bounds.push_back({&*ownHours, clock, 0, {}, ownHours->id, ownHours->source});
        if (own->attemptsPerDay && purpose == purposeBit("marketing"))
            bounds.push_back({nullptr, nullptr, static_cast<std::size_t>(std::max(0, *own->attemptsPerDay)),
                              hours(24), kOwnCap, "the organization's own cap"});
    }
    return bounds;
}

std::optional<Instant> nextAllowed(const Bound& bound, const ContactRequest& request, Instant from,
                                   Instant horizon) {
    if (bound.window != nullptr) return nextOpen(*bound.window, *bound.clock, from, horizon);
    if (bound.attempts == 0) return std::nullopt;
    return nextUnderCap(bound.attempts, bound.period, request.attempts, from);
}

/// The earliest instant from `request.at` on that every bound allows; nothing within the horizon otherwise.
std::optional<Instant> earliestUnder(const std::vector<Bound>& bounds, const ContactRequest& request) {
    const auto horizon = request.at + kHorizon;
    auto at = request.at;
    for (bool moved = true; moved;) {
        moved = false;
        for (const auto& bound : bounds) {
            const auto next = nextAllowed(bound, request, at, horizon);
            if (!next || *next > horizon) return std::nullopt;
            moved = moved || *next > at;
            at = *next;
        }
    }
    return at;
}

/// The bound that keeps this instant closed the longest: what a person should be told.
const Bound* strictest(const std::vector<Bound>& bounds, const ContactRequest& request) {
    const Bound* worst = nullptr;
    auto latest = request.at;
    for (const auto& bound : bounds) {
        const auto next =
            nextAllowed(bound, request, request.at, request.at + kHorizon).value_or(Instant::max());
        if (next <= latest) continue;
        latest = next;
        worst = &bound;
    }
    return worst;
}

bool isHoliday(const Bound* bound, Instant at) {
    if (bound == nullptr || bound->window == nullptr) return false;
    return bound->window->isClosedDay(std::chrono::floor<days>(at + bound->clock->at(at).offset));
}

}  // namespace

struct Gate::Impl {
    std::shared_ptr<const RulePacks> packs;
};

Gate::Gate(const std::string& directory) : impl_(new Impl{RulePacks::load(directory)}) {}
Gate::~Gate() = default;
const std::string& Gate::version() const {
    return impl_->packs->version();
}

Verdict Gate::decide(const ContactRequest& request, const OwnRules& own) const {
    const auto refuse = [](const char* rule, std::string reason, Places places = {}) {
        return Refused{rule, std::move(reason), "house rule", std::move(places)};
    };
    const bool confirmation = request.purpose == "opt_out_confirmation";
    const auto channel = channelBit(request.channel);
    const auto purpose = purposeBit(request.purpose);
    if (channel == 0)
        return refuse("house.channel", "\"" + toValidUtf8(request.channel) + "\" is no channel");
    if (purpose == 0 && !confirmation)
        return refuse("house.purpose", "\"" + toValidUtf8(request.purpose) + "\" is no purpose");
    if (request.suppressed && !confirmation) return refuse("house.suppressed", "the person opted out");
    if (!isReadable(request)) return refuse("house.address", "the address cannot be read");
    auto places = placesOfRequest(request);
    auto grounds = std::make_shared<Permit::Grounds>();
    grounds->packs = impl_->packs;
    if (confirmation) {
        const bool inTime = request.suppressed && request.suppressedAt &&
                            request.at >= *request.suppressedAt &&
                            request.at <= *request.suppressedAt + kConfirmationTime;
        if (!inTime)
            return refuse("house.confirmation",
                          "an opt-out is confirmed within 5 minutes of it or not at all", places);
        const auto after = [&](Instant attempt) { return attempt > *request.suppressedAt; };
        if (std::any_of(request.attempts.begin(), request.attempts.end(), after))
            return refuse("house.confirmation", "the opt-out was confirmed already", places);
        grounds->own = {{"house.confirmation", "47 CFR 64.1200(a)(12)"}};
        return Permit(request, std::move(places), std::move(grounds));
    }
    const auto clocks = clocksOf(places);
    if (clocks.empty())
        return refuse("house.place", "no time zone is known for this person", std::move(places));
    grounds->rules = rulesFor(*impl_->packs, places, channel, purpose);
    auto refused = refusalByRules(grounds->rules, request);
    if (!refused && purpose == purposeBit("marketing"))
        refused = ownRegistryRefusal(*impl_->packs, request, places);
    if (refused) {
        refused->places = std::move(places);
        return *std::move(refused);
    }
    std::vector<Narrowing> narrower;
    if (request.own.any() || own.any()) {
        if (auto trouble = troubleOf(request.own); !trouble.empty())
            return refuse("organization.rules", std::move(trouble), std::move(places));
        narrower = narrowings({&request.own, &own});
    }
    const auto bounds = boundsOf(grounds->rules, clocks, narrower, purpose);
    const auto at = earliestUnder(bounds, request);
    if (at == request.at) {
        for (const auto& one : narrower) {
            if (one.hours) grounds->own.emplace_back(one.hours->id, one.hours->source);
            if (one.own->attemptsPerDay) grounds->own.emplace_back(kOwnCap, "the organization's own cap");
        }
        return Permit(request, std::move(places), std::move(grounds));
    }
    const auto* bound = strictest(bounds, request);
    std::string rule(bound == nullptr ? "house.time" : bound->rule);
    std::string source(bound == nullptr ? "house rule" : bound->source);
    if (!at)
        return Refused{std::move(rule), "no instant within 60 days satisfies all rules", std::move(source),
                       std::move(places)};
    return NotBefore{*at, std::move(rule), std::move(source), std::move(places),
                     isHoliday(bound, request.at)};
}

Json OwnRules::toJson() const {
    auto document = Json::object();
    if (window) document["window"] = *window;
    if (days) document["days"] = *days;
    if (attemptsPerDay) document["attempts_per_day"] = *attemptsPerDay;
    return document;
}

OwnRules OwnRules::fromJson(const Json& document) {
    OwnRules own;
    if (document.is_null()) return own;
    if (!document.is_object()) {
        own.window = toText(document);
        return own;
    }
    for (const auto& [key, into] : {std::pair("window", &own.window), std::pair("days", &own.days)})
        if (const auto at = document.find(key); at != document.end())
            *into = at->is_string() ? at->get<std::string>() : toText(*at);
    if (const auto at = document.find("attempts_per_day"); at != document.end())
        own.attemptsPerDay = at->is_number_integer() ? at->get<int>() : -1;
    return own;
}

void Gate::requireTighter(const OwnRules& own) const {
    const auto loose = [](const std::string& what) {
        throw Error("an organization may only tighten the rules: " + what, "own rules",
                    "Narrow it, or have the operator change the rule packs.");
    };
    if (own.window || own.days) (void)ownWindow(own);
    if (own.window) {
        const auto asked = *openTimeOf(*own.window);
        const Rule *first = nullptr, *last = nullptr;
        OpenTime widest{hours(24), hours(0)};
        for (const auto& pack : impl_->packs->packs())
            for (const auto& rule : pack->rules)
                for (const auto& day : rule.open)
                    for (const auto& open : day) {
                        if (open.from < widest.from) widest.from = open.from, first = &rule;
                        if (open.to > widest.to) widest.to = open.to, last = &rule;
                    }
        if (first != nullptr && asked.from < widest.from)
            loose(*own.window + " opens before " + clockText(widest.from) +
                  ", the earliest that any rule allows (" + first->id + ")");
        if (last != nullptr && asked.to > widest.to)
            loose(*own.window + " closes after " + clockText(widest.to) +
                  ", the latest that any rule allows (" + last->id + ")");
    }
    if (!own.attemptsPerDay) return;
    for (const auto* rule : impl_->packs->of("every"))
        if (rule->kind == Rule::Kind::cap && rule->period == hours(24) &&
            *own.attemptsPerDay > static_cast<int>(rule->attempts))
            loose(std::to_string(*own.attemptsPerDay) + " attempts a day are more than the " +
                  std::to_string(rule->attempts) + " that everybody is allowed (" + rule->id + ")");
}

std::vector<Duty> Gate::duties(const ContactRequest& request) const {
    std::vector<Duty> duties;
    const auto channel = channelBit(request.channel);
    const auto purpose = purposeBit(request.purpose);
    if (channel == 0 || purpose == 0 || !isReadable(request)) return duties;
    for (const auto* rule : rulesFor(*impl_->packs, placesOfRequest(request), channel, purpose))
        if (rule->kind == Rule::Kind::duty && (!rule->fromDate || request.at >= *rule->fromDate))
            duties.push_back({rule->id, rule->duty, rule->source, rule->about});
    return duties;
}

std::optional<Instant> Gate::earliest(const ContactRequest& request, const OwnRules& own) const {
    const auto verdict = decide(request, own);
    if (std::holds_alternative<Permit>(verdict)) return request.at;
    if (const auto* later = std::get_if<NotBefore>(&verdict)) return later->at;
    return std::nullopt;
}

}  // namespace overture::compliance
