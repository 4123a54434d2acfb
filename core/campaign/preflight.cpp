#include "campaign/preflight.hpp"

#include <algorithm>
#include <cmath>

#include "base/money.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "campaign/create.hpp"
#include "compliance/evidence.hpp"
#include "queries/campaign.hpp"

namespace overture::campaign {
namespace {

using namespace std::chrono;

constexpr int kOldPacks = 180;              // days since the rules were last looked at
constexpr int kSlowNumber = 60;             // texts a minute that an ordinary number carries
constexpr int kMessagesPerAnswer = 6;       // of ours, in a conversation with somebody who answers
constexpr double kMostCallsPerMessage = 2;  // a draft, and its review when in doubt
constexpr double kMostForeign = 0.1;        // share of people in another country than the sender's number

class Preflight {
public:
    explicit Preflight(const PreflightFacts& facts) : facts_(facts) {}

    Json run() {
        settings();
        ways();
        tools();
        leads();
        packs();
        numbers();
        cost();
        team();
        out_["findings"] = findings_;
        out_["ready"] = std::none_of(findings_.begin(), findings_.end(),
                                     [](const Json& one) { return one["severity"] == "error"; });
        return std::move(out_);
    }

private:
    void find(const char* severity, const std::string& what, const std::string& remedy) {
        findings_.push_back({{"severity", severity}, {"what", what}, {"remedy", remedy}});
    }

    void settings() {
        for (const auto& fault : settingFaults(*facts_.definition, facts_.settings))
            find("error", "the playbook's setting " + fault, "Mend it in the settings.");
    }

    bool isLoaded(const std::string& plugin) const {
        return facts_.plugins.empty() ||
               std::find(facts_.plugins.begin(), facts_.plugins.end(), plugin) != facts_.plugins.end();
    }

    void ways() {
        std::size_t number = 0;
        for (const auto& touch : facts_.definition->cadence) {
            ++number;
            if (std::find(facts_.channels.begin(), facts_.channels.end(), touch.channel) ==
                facts_.channels.end())
                find("warning",
                     "touch " + std::to_string(number) + " goes by " + touch.channel +
                         ", which this campaign does not have; it is left out",
                     "Bind " + touch.channel + ", or take the touch out of the cadence.");
        }
        for (const auto& channel : facts_.channels)
            if (!isLoaded(channel))
                find("error", "there is no channel plugin \"" + channel + "\" here", "Install it.");
        if (!facts_.bindings) return;
        auto roles = facts_.channels;
        roles.emplace_back("model");
        for (const auto& role : roles) {
            const auto found = facts_.bindings->find(role);
            if (role == "model" && found == facts_.bindings->end() && !models_()) {
                find("error", "no model is bound", "Bind one, for example \"scripted\".");
            } else if (role != "model" && (found == facts_.bindings->end() || found->second.empty())) {
                find("error", "nothing is bound that carries " + role, "Bind a carrier for it.");
            } else if (found != facts_.bindings->end() && !isLoaded(found->second)) {
                find("error", "the plugin \"" + found->second + "\" of \"" + role + "\" is not loaded here",
                     "`overture plugin list` says why.");
            }
        }
    }

    void tools() {
        if (!facts_.bindings) return;
        for (const auto& capability : facts_.definition->tools) {
            const auto found = facts_.bindings->find(capability);
            if (found == facts_.bindings->end())
                find("warning", "the playbook asks " + capability + ", and nothing is bound that answers",
                     "Bind a plugin for it; until then talk:use answers false.");
            else if (!isLoaded(found->second))
                find("error",
                     "the plugin \"" + found->second + "\" of \"" + capability + "\" is not loaded here",
                     "`overture plugin list` says why.");
        }
    }

    bool models_() const {  // several of them have names of their own; a tool has its capability's
        return std::any_of(facts_.bindings->begin(), facts_.bindings->end(), [&](const auto& one) {
            return one.first.find('/') == std::string::npos &&
                   std::find(facts_.channels.begin(), facts_.channels.end(), one.first) ==
                       facts_.channels.end();
        });
    }

    void leads() {
        const auto& forecast = facts_.forecast;
        auto document = forecast.toJson();
        document.erase("load");
        out_["leads"] = {
            {"people", forecast.people}, {"reached", forecast.reached}, {"skipped", document["skipped"]}};
        if (facts_.rows > 0) {
            out_["leads"]["rows"] = facts_.rows;
            out_["leads"]["rejected"] = facts_.rejected;
            out_["leads"]["merged"] = facts_.merged;
        }
        for (const char* key : {"skipped", "people", "reached"}) document.erase(key);
        out_["touches"] = document;
        if (forecast.reached == 0)
            find("error", "nobody would be reached", "The reasons stand under the leads.");
        if (facts_.rejected > 0 && facts_.rejected * 10 >= facts_.rows)
            find("warning",
                 std::to_string(facts_.rejected) + " of " + std::to_string(facts_.rows) +
                     " rows cannot be read",
                 "`overture campaign create` names each with its reason.");
        int late = forecast.unfinished;
        for (const auto& [reason, people] : forecast.skipped) {
            if (reason.find("(campaign.end)") != std::string::npos) late += people;
            if (reason.find("regist") != std::string::npos)
                find("error", std::to_string(people) + " people are skipped because " + reason,
                     "Bring the register up to date.");
        }
        if (late > 0)
            find("warning", "the end comes too early for " + std::to_string(late) + " people",
                 "Give the campaign more days, or the cadence shorter waits.");
    }

    void packs() {
        out_["rule_packs"] = {{"version", facts_.packs}};
        const auto revised = parseRfc3339(facts_.packs.substr(0, 10) + "T00:00:00Z");
        if (!revised) return;
        const auto age = duration_cast<days>(facts_.now - *revised).count();
        out_["rule_packs"]["revised"] = facts_.packs.substr(0, 10);
        out_["rule_packs"]["age_days"] = age;
        if (age > kOldPacks)
            find("warning", "the rule packs were last revised " + std::to_string(age) + " days ago",
                 "Have counsel look at them again.");
    }

    /// "US" of "+1202…"; people's own countries likewise.
    static std::string countryOf(const std::string& number) {
        const auto check = compliance::checkPhone(number);
        return check.valid ? check.region : "";
    }

    void numbers() {
        auto list = Json::array();
        for (const auto& channel : facts_.channels) {
            if (channel == "email") {
                mail();
                continue;
            }
            const auto sender = textOf(facts_.settings, (channel + "_sender").c_str());
            if (sender.empty()) {
                if (facts_.bindings)
                    find("error", "no number sends " + channel, "Give the binding a \"sender\".");
                continue;
            }
            list.push_back(number(channel, sender));
        }
        out_["numbers"] = list;
    }

    void mail() {
        if (!facts_.bindings) return;
        if (textOf(facts_.settings, "email_sender").find('@') == std::string::npos)
            find("error", "no address sends email", "Give the binding a \"sender\".");
        if (trim(textOf(facts_.settings, "postal_address")).empty())
            find("error", "an email names the organization's postal address, and none is set",
                 "Add \"postal_address\" to the settings.");
    }

    Json number(const std::string& channel, const std::string& sender) {
        const auto check = compliance::checkPhone(sender);
        Json one{{"channel", channel}, {"number", sender}, {"type", check.type}, {"country", check.region}};
        if (!check.valid)
            find("warning", "the sender " + sender + " is not a number that is in use: " + check.reason,
                 "Check it with `overture phone check`.");
        int people = 0, foreign = 0;
        for (const auto& person : facts_.people)
            for (const auto& contact : person.contacts)
                if (contact.channel == channel) {
                    ++people;
                    if (!contact.address.starts_with(sender.substr(0, 2))) ++foreign;
                }
        one["people"] = people;
        one["people_abroad"] = foreign;
        if (foreign > kMostForeign * people)
            find("warning",
                 std::to_string(foreign) + " of " + std::to_string(people) + " people who would get " +
                     channel + " have a number of another country than " + sender,
                 "Use a number of theirs; carriers filter the others.");
        const int limit = facts_.rates.value("number_per_minute", kSlowNumber);
        const auto busiest = facts_.forecast.busiestHour().second;
        one["busiest_minute"] = (busiest + 59) / 60;
        one["per_minute"] = limit;
        if (busiest > limit * 60)
            find("warning",
                 "the busiest hour has " + std::to_string(busiest) + " touches, and " + sender + " sends " +
                     std::to_string(limit) + " a minute",
                 "Warm it up (--warm-up), use more numbers, or let it take longer.");
        return one;
    }

    std::optional<std::int64_t> price(const std::string& what) const {
        const auto found = facts_.prices.find(what);
        return found == facts_.prices.end() ? std::nullopt : std::optional(found->second);
    }

    void cost() {
        auto channels = Json::array();
        std::int64_t low = 0, high = 0;
        const auto answering =
            static_cast<std::int64_t>(std::llround(facts_.forecast.reached * facts_.answerRate));
        const auto replies = answering * kMessagesPerAnswer;
        for (const auto& [channel, touches] : facts_.forecast.touches) {
            Json one{{"channel", channel}, {"touches", touches}};
            if (const auto each = price(channel)) {
                const auto share =
                    facts_.forecast.total() == 0 ? 0 : replies * touches / facts_.forecast.total();
                one["low_micros"] = touches * *each;
                one["high_micros"] = (touches + share) * *each;
                low += touches * *each;
                high += (touches + share) * *each;
            } else {
                find("note", "no price is known for " + channel,
                     "Give one with --price " + channel + "=0.01.");
            }
            channels.push_back(std::move(one));
        }
        const bool scripted = facts_.bindings && facts_.bindings->contains("model") &&
                              facts_.bindings->at("model") == "scripted";
        const auto call = scripted ? 0 : price("model_call").value_or(-1);
        Json model{{"calls_low", facts_.forecast.total()},
                   {"calls_high", std::llround((static_cast<double>(facts_.forecast.total()) +
                                                static_cast<double>(replies)) *
                                               kMostCallsPerMessage)}};
        if (call >= 0) {
            model["low_micros"] = model["calls_low"].get<std::int64_t>() * call;
            model["high_micros"] = model["calls_high"].get<std::int64_t>() * call;
            low += model["low_micros"].get<std::int64_t>();
            high += model["high_micros"].get<std::int64_t>();
        } else {
            find("note", "no price is known for a model's call", "Give one with --price model_call=0.004.");
        }
        out_["cost"] = {
            {"currency", facts_.currency}, {"channels", channels}, {"model", model},
            {"low_micros", low},           {"high_micros", high},  {"answer_rate", facts_.answerRate}};
    }

    void team() {
        const playbook::BookingRules* booking = nullptr;
        for (const auto& stage : facts_.definition->stages)
            if (stage.booking) booking = &*stage.booking;
        if (booking == nullptr) return;
        if (facts_.team.empty())
            return find("error", "there is no account manager to book meetings with",
                        "Add a team: name, email, zone, hours.");
        const auto needed = minutes(booking->minutes) + duration_cast<minutes>(booking->buffer);
        const auto ours = meeting::WeekHours::parse(booking->hours).orThrow();
        std::int64_t week = 0;
        for (const auto& manager : facts_.team) {
            const auto theirs = meeting::WeekHours::parse(manager.hours).orThrow();
            for (const auto& a : ours.ranges())
                for (const auto& b : theirs.ranges())
                    if (a.day == b.day && std::max(a.from, b.from) < std::min(a.to, b.to))
                        week += (std::min(a.to, b.to) - std::max(a.from, b.from)) / needed;
        }
        const auto length = duration_cast<days>(facts_.forecast.to - facts_.forecast.from).count();
        const auto all = week * length / 7;
        const auto expected = std::llround(facts_.forecast.reached * facts_.meetingRate);
        out_["team"] = {{"managers", facts_.team.size()},
                        {"meetings_a_week", week},
                        {"meetings_in_all", all},
                        {"meetings_expected", expected},
                        {"meeting_rate", facts_.meetingRate}};
        if (expected > all)
            find("warning",
                 std::to_string(expected) + " meetings are expected and there is room for " +
                     std::to_string(all),
                 "Add account managers or hours, or begin with fewer leads.");
    }

    const PreflightFacts& facts_;
    Json findings_ = Json::array(), out_ = Json::object();
};

std::string number(const Json& value) {
    return std::to_string(value.get<std::int64_t>());
}

std::string money(const Json& document, const char* key, const std::string& currency) {
    return Money{document.at(key).get<std::int64_t>(), currency}.text();
}

void line(std::string& out, const std::string& label, const std::string& text) {
    out += "  " + label + std::string(label.size() < 15 ? 16 - label.size() : 1, ' ') + text + "\n";
}

std::string percent(const Json& rate) {
    return std::to_string(std::llround(rate.get<double>() * 100)) + " %";
}

}  // namespace

std::optional<std::map<std::string, std::int64_t>> pricesIn(const std::string& list,
                                                            const std::string& currency) {
    std::map<std::string, std::int64_t> prices;
    for (const auto& one : split(list, ',')) {
        if (one.empty()) continue;
        const auto equals = one.find('=');
        const auto amount =
            equals == std::string::npos ? std::nullopt : Money::parse(one.substr(equals + 1), currency);
        if (!amount) return std::nullopt;
        prices[std::string(trim(one.substr(0, equals)))] = amount->micros;
    }
    return prices;
}

Standing standingOf(store::Transaction& tx, const OrganizationId& organization, const CampaignId& campaign,
                    std::shared_ptr<const playbook::Definition> definition, Instant from) {
    const auto rows = tx.run(sql::campaign::preflight, {organization, campaign});
    if (rows.empty()) throw Error("there is no such campaign", campaign.text(), "Check its id.");
    const auto row = rows[0];
    Standing standing;
    auto& facts = standing.facts;
    facts.definition = std::move(definition);
    facts.channels = row.array("channels");
    facts.settings = row.json("settings");
    facts.rates = row.json("organization_settings").value("rates", Json::object());
    facts.bindings.emplace();
    const auto plugins = row.json("plugins"), bindings = row.json("bindings");
    for (const auto& [role, id] : bindings.items())
        if (id.is_string())
            (*facts.bindings)[role] =
                plugins.is_object() ? textOf(plugins, id.get<std::string>().c_str()) : "";
    facts.team = meeting::managers(tx, organization);
    standing.pace = row.json("pace");
    if (const auto ends = row.maybeInstant("ends_at")) {
        const auto begins = row.text("state") == "draft" ? row.instant("starts_at") : from;
        standing.days =
            std::max(1, static_cast<int>(duration_cast<days>(*ends - begins + hours(23)).count()));
    }
    return standing;
}

Json preflight(const PreflightFacts& facts) {
    return Preflight(facts).run();
}

std::string preflightText(const Json& preflight) {
    std::string out;
    const auto& leads = preflight["leads"];
    if (leads.contains("rows"))
        line(out, "list",
             number(leads["rows"]) + " rows, " + number(leads["merged"]) + " merged, " +
                 number(leads["rejected"]) + " rejected");
    line(out, "people", number(leads["people"]) + ", of whom " + number(leads["reached"]) + " are reached");
    for (const auto& one : leads["skipped"])
        out += "      " + number(one["people"]) + " not: " + textOf(one, "reason") + "\n";
    const auto& touches = preflight["touches"];
    std::vector<std::string> channels;
    for (const auto& [channel, count] : touches["touches"].items())
        channels.push_back(number(count) + " by " + channel);
    line(out, "touches", channels.empty() ? "none" : join(channels, ", "));
    if (!touches["last_person_reached"].is_null())
        line(out, "last reached",
             textOf(touches, "last_person_reached") + "; last touch " + textOf(touches, "last_touch"));
    line(out, "busiest hour",
         number(touches["busiest_hour"]["touches"]) + " touches, from " +
             textOf(touches["busiest_hour"], "at"));
    for (const auto& one : preflight["numbers"])
        line(out, textOf(one, "channel"),
             textOf(one, "number") + " (" + textOf(one, "country") + ", " + textOf(one, "type") +
                 "): at most " + number(one["busiest_minute"]) + " a minute of " + number(one["per_minute"]) +
                 "; " + number(one["people_abroad"]) + " of " + number(one["people"]) + " people abroad");
    const auto& cost = preflight["cost"];
    const auto currency = textOf(cost, "currency");
    for (const auto& one : cost["channels"])
        if (one.contains("low_micros"))
            line(out, "cost " + textOf(one, "channel"),
                 money(one, "low_micros", currency) + " to " + money(one, "high_micros", currency));
    if (cost["model"].contains("low_micros"))
        line(out, "cost model",
             money(cost["model"], "low_micros", currency) + " to " +
                 money(cost["model"], "high_micros", currency));
    line(out, "cost in all",
         money(cost, "low_micros", currency) + " to " + money(cost, "high_micros", currency) + ", when " +
             percent(cost["answer_rate"]) + " answer");
    if (preflight.contains("team"))
        line(out, "team",
             number(preflight["team"]["managers"]) + " account managers, room for " +
                 number(preflight["team"]["meetings_in_all"]) + " meetings; " +
                 number(preflight["team"]["meetings_expected"]) + " expected when " +
                 percent(preflight["team"]["meeting_rate"]) + " book");
    line(out, "rule packs", textOf(preflight["rule_packs"], "version").substr(0, 19));
    for (const auto& one : preflight["findings"])
        out += textOf(one, "severity") + ": " + textOf(one, "what") + ". " + textOf(one, "remedy") + "\n";
    return out + (preflight["ready"].get<bool>() ? "ready\n" : "not ready\n");
}

}  // namespace overture::campaign
