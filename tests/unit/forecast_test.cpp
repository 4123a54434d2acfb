// A whole campaign seen before it runs, its pictures, and the pacing under it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/random.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "campaign/heat_map.hpp"
#include "campaign/preflight.hpp"

namespace overture::campaign {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Instant at(const char* text) {
    return *parseRfc3339(text);
}

playbook::Definition cadence() {
    playbook::Definition definition;
    definition.id = "test";
    definition.channels = {"sms", "email", "voice"};
    definition.cadence = {{"sms", {}, "", "", {}, ""},
                          {"email", days(2), "", "", {}, ""},
                          {"voice", days(1), "10:00-12:00", "Tue-Thu", {}, ""},
                          {"sms", days(4), "", "Mon-Fri", {}, ""}};
    return definition;
}

/// People of many places, some of whom may not be contacted.
std::vector<Prospect> people(int count, std::uint64_t seed = 3) {
    static const char* kNumbers[] = {"+1305555", "+1212555", "+1602555", "+1915555", "+1312555", "+1206555"};
    std::string csv = "id,name,phone,email,zip,consent,do not contact\n";
    Random random(seed);
    for (int i = 0; i < count; ++i) {
        const auto number = std::string(kNumbers[random.below(6)]) + std::to_string(1000 + i % 9000);
        csv += "p" + std::to_string(i) + ",Asha Rao," + number + ",p" + std::to_string(i) +
               "@mail.example,," + (random.chance(0.9) ? "written" : "no") + "," +
               (random.chance(0.05) ? "yes" : "") + "\n";
    }
    return prospectsOf(readLeads(csv, {}, at("2026-03-02T00:00:00Z")), {"sms", "email", "voice"},
                       at("2026-03-02T00:00:00Z"), 1);
}

class Forecasts : public ::testing::Test {
protected:
    Forecast of(const std::vector<Prospect>& people, ForecastRequest request = {}) const {
        request.from = at("2026-03-02T00:00:00Z");
        return forecast(cadence(), gate, people, request);
    }
    compliance::Gate gate;
};

TEST_F(Forecasts, TheSameSeedGivesTheSameBytesHoweverManyThreads) {
    const auto all = people(4000);
    ForecastRequest request;
    request.threads = 1;
    const auto one = of(all, request);
    request.threads = 3;
    const auto three = of(all, request);
    EXPECT_EQ(toText(one.toJson()), toText(three.toJson()));
    EXPECT_EQ(one.csv(), three.csv());
    EXPECT_EQ(heatMapSvg(one, {}), heatMapSvg(three, {}));
    request.seed = 2;
    EXPECT_NE(toText(of(all, request).toJson()), toText(one.toJson()));
}

TEST_F(Forecasts, EverybodyIsReachedOrSkippedWithAReasonAndNobodyOutsideTheirHours) {
    const auto all = people(1500);
    const auto forecast = of(all);
    int skipped = 0;
    for (const auto& [reason, count] : forecast.skipped) {
        skipped += count;
        EXPECT_TRUE(reason.ends_with(")")) << reason;
    }
    EXPECT_EQ(forecast.people, static_cast<int>(all.size()));
    EXPECT_EQ(forecast.reached + skipped, forecast.people);
    EXPECT_GT(skipped, 50);
    EXPECT_GT(forecast.reached, 1000);
    int total = 0;
    for (const auto& [cell, count] : forecast.load) {
        const auto& [channel, date, hour] = cell;
        total += count;
        if (channel == "email") continue;
        EXPECT_GE(hour, channel == "voice" ? 10 : 8) << channel;
        EXPECT_LE(hour, channel == "voice" ? 11 : 20) << channel;
        const auto day = std::chrono::weekday(date).c_encoding();
        if (channel == "voice") {
            EXPECT_TRUE(day >= 2 && day <= 4) << "Tuesday to Thursday";
        }
    }
    EXPECT_EQ(total, forecast.total());
    EXPECT_EQ(forecast.toJson()["touches"]["sms"], forecast.touches.at("sms"));
}

TEST_F(Forecasts, ANewSenderIsWarmedUp) {
    const auto all = people(1200);
    ForecastRequest request;
    request.pace.warmUp = {40, 1.5, 300};
    const auto warm = of(all, request);
    std::map<std::pair<std::string, std::chrono::sys_days>, int> byDay;
    for (const auto& [cell, count] : warm.load) byDay[{std::get<0>(cell), std::get<1>(cell)}] += count;
    const auto first = std::chrono::floor<days>(warm.from);
    for (const auto& [key, count] : byDay) {
        const auto number = std::max(0, static_cast<int>((key.second - first).count()));
        EXPECT_LE(count, *request.pace.warmUp.onDay(number)) << key.first << " on day " << number;
    }
    EXPECT_GT(*warm.lastFirstTouch, *of(all).lastFirstTouch) << "it takes longer";
    EXPECT_EQ(warm.reached, of(all).reached) << "and reaches everybody all the same";
    EXPECT_EQ(WarmUp{}.onDay(3), std::nullopt);
    EXPECT_EQ((WarmUp{0, 1.5, 500}.onDay(0)), 500);
    EXPECT_EQ((WarmUp{50, 2, 0}.onDay(3)), 400);
    EXPECT_EQ(WarmUp::parse("50x2..300")->onDay(3), 300);
    EXPECT_EQ(WarmUp::parse("..300")->onDay(0), 300);
    EXPECT_EQ(WarmUp::parse("40")->onDay(1), 60);
    for (const char* wrong : {"", "x2", "50x0.5", "fifty", "50..many", "-5"})
        EXPECT_FALSE(WarmUp::parse(wrong)) << wrong;
    EXPECT_THROW(PaceRules::read({{"warmup", "50"}}, "a file"), Error);
    EXPECT_THROW(PaceRules::read({{"best_hours", "mornings"}}, "a file"), Error);
    EXPECT_EQ(PaceRules::read({{"best_hours", "Tue-Thu 10:00-11:00"}, {"patience", "1d"}}, "").patience,
              days(1));
}

TEST_F(Forecasts, TheEndCutsOffWhatComesAfterIt) {
    ForecastRequest request;
    request.days = 3;
    const auto brief = of(people(300), request);
    EXPECT_GT(brief.unfinished, 100);
    EXPECT_LT(*brief.lastTouch, brief.to);
    EXPECT_FALSE(brief.touches.contains("voice"));
}

TEST_F(Forecasts, ADuplicateIsOnePersonAndSuppressionIsOfTheWholePerson) {
    const auto all = prospectsOf(readLeads("id,name,phone,email,consent,do not contact\n"
                                           "a,Asha Rao,(602) 555-0101,asha@mail.example,written,\n"
                                           ",ASHA RAO,+1 602-555-0101,,written,\n"
                                           ",Asha,,Asha@Mail.example,written,yes\n"
                                           "b,Bo,602 555 0102,,written,\n",
                                           {"US"}, at("2026-03-02T00:00:00Z")),
                                 {"sms", "email"}, at("2026-03-02T00:00:00Z"), 1);
    ASSERT_EQ(all.size(), 2U);
    for (const auto& contact : all[0].contacts) EXPECT_TRUE(contact.suppressed) << contact.channel;
    EXPECT_FALSE(all[1].contacts.front().suppressed);
    const auto forecast = of(all);
    EXPECT_EQ(forecast.reached, 1);
    ASSERT_EQ(forecast.skipped.size(), 1U);
    EXPECT_THAT(forecast.skipped.begin()->first, HasSubstr("opted out"));
}

Forecast small() {
    Forecast forecast;
    const auto day = std::chrono::sys_days(std::chrono::year(2026) / 2 / 27);
    forecast.load[{"sms", day, 9}] = 1;
    forecast.load[{"sms", day + days(1), 10}] = 30;
    forecast.load[{"email", day + days(2), 10}] = 60;
    forecast.load[{"sms", day + days(2), 10}] = 60;
    return forecast;
}

TEST(HeatMap, InATerminalShowsHoursDownAndDaysAcross) {
    EXPECT_EQ(heatMapText(small(), {"", false, "Load"}),
              "Load\n"
              "      Feb 2026\n"
              "      2728 1\n"
              "      FrSaSu\n"
              "  09h  .\n"
              "  10h    : #\n"
              "  touches an hour on each person's own clock, from . 1  : 21  + 41  x 61  % 81  # 101; the "
              "busiest has "
              "120\n");
    EXPECT_EQ(heatMapText({}, {}), "no touches\n");
    EXPECT_THAT(heatMapText(small(), {"sms", false, ""}), HasSubstr("the busiest has 60\n"));
    EXPECT_THAT(heatMapText(small(), {"", true, ""}), HasSubstr("\x1b[48;5;18m  \x1b[0m"));
    EXPECT_THAT(heatMapText(small(), {"", false, ""}), Not(HasSubstr("\x1b")));
}

TEST(HeatMap, AsSvgHasACellForEachHourOfEachDay) {
    const auto svg = heatMapSvg(small(), {"", false, "Load <all> & more"});
    EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    EXPECT_TRUE(svg.ends_with("</svg>\n"));
    EXPECT_THAT(svg, HasSubstr("Load &lt;all&gt; &amp; more"));
    EXPECT_THAT(svg, HasSubstr("<title>2026-03-01 10:00: 120</title>"));
    int cells = 0;
    for (std::size_t from = 0; (from = svg.find("rx=\"2\"", from)) != std::string::npos; ++from) ++cells;
    EXPECT_EQ(cells, 2 * 3 + 6) << "two hours of three days, and the legend";
    EXPECT_THAT(heatMapSvg({}, {}), HasSubstr("no touches"));
}

/// What a pacing request may be: places, channels, own hours, caps, ends.
PaceRequest randomRequest(Random& random) {
    static const char* kZones[] = {"America/Phoenix",
                                   "America/New_York",
                                   "Europe/Paris",
                                   "Asia/Kolkata",
                                   "Australia/Sydney",
                                   "America/Indiana/Knox",
                                   ""};
    static const char* kNumbers[] = {"+16025550101",  "+12125550101",  "+13055550101", "+33142685300",
                                     "+919000000101", "+442079460101", "+18125550101"};
    static const char* kBetweens[] = {"", "", "10:00-11:00", "12:30-15:00", "19:00-21:30"};
    static const char* kDays[] = {"", "", "Tue-Thu", "Sat,Sun"};
    static const char* kChannels[] = {"sms", "voice", "whatsapp"};
    PaceRequest request;
    request.contact.channel = kChannels[random.below(3)];
    request.contact.address = kNumbers[random.below(7)];
    request.contact.place.phone = request.contact.address;
    request.contact.place.zone = kZones[random.below(7)];
    request.contact.consent = compliance::ConsentLevel::expressWritten;
    request.from = at("2026-01-01T00:00:00Z") + seconds(random.below(86400ULL * 700));
    for (auto tries = random.below(4); tries > 0; --tries)
        request.contact.attempts.push_back(request.from - minutes(random.below(3000)));
    request.between = kBetweens[random.below(5)];
    request.days = kDays[random.below(4)];
    request.seed = random.next();
    if (random.chance(0.3)) request.own.window = "09:30-18:00";
    if (random.chance(0.3)) request.deadline = request.from + hours(random.below(300));
    return request;
}

TEST(OpenTimesKept, ChangeNoAnswer) {
    const compliance::Gate gate;
    OpenTimes kept;
    Random random(11);
    int found = 0;
    for (int i = 0; i < 400; ++i) {
        const auto request = randomRequest(random);
        const auto fresh = nextSlot(gate, request);
        const auto again = nextSlot(gate, request, kept);
        EXPECT_EQ(fresh.at, again.at) << i;
        EXPECT_EQ(fresh.reason, again.reason);
        if (!fresh.at) continue;
        ++found;
        EXPECT_GE(*fresh.at, request.from);
        if (request.deadline) {
            EXPECT_LT(*fresh.at, *request.deadline);
        }
        auto contact = request.contact;
        contact.at = *fresh.at;
        EXPECT_TRUE(std::holds_alternative<compliance::Permit>(gate.decide(contact, request.own))) << i;
    }
    EXPECT_GT(found, 150);
}

TEST(BestHours, ArePreferredWithinThePatienceAndNeverWaitedForLonger) {
    const compliance::Gate gate;
    PaceRequest request;
    request.contact.channel = "sms";
    request.contact.address = request.contact.place.phone = "+16025550101";
    request.contact.consent = compliance::ConsentLevel::expressWritten;
    request.best = "Tue-Thu 10:00-11:00, Tue-Thu 16:00-17:00";
    request.patience = days(2);
    std::set<int> used;
    for (request.seed = 0; request.seed < 200; ++request.seed) {
        request.from = at("2026-03-02T17:00:00Z");  // a Monday, 10:00 there
        const auto local = localTime("America/Phoenix", *nextSlot(gate, request).at);
        const auto hour = static_cast<int>(std::chrono::floor<hours>(local.timeOfDay).count());
        EXPECT_TRUE(hour == 10 || hour == 16) << local.text();
        EXPECT_TRUE(local.weekday == std::chrono::Tuesday || local.weekday == std::chrono::Wednesday);
        used.insert(hour);
        request.from = at("2026-03-06T17:00:00Z");  // a Friday: none within two days
        EXPECT_LT(*nextSlot(gate, request).at, at("2026-03-07T17:00:00Z"));
    }
    EXPECT_EQ(used, (std::set<int>{10, 16}));
    request.from = at("2026-03-02T17:00:00Z");
    request.between = "13:00-14:00";
    EXPECT_EQ(std::chrono::floor<hours>(localTime("America/Phoenix", *nextSlot(gate, request).at).timeOfDay),
              hours(13))
        << "a touch with hours of its own keeps to them";
}

TEST(FullDays, AreLeftOut) {
    const compliance::Gate gate;
    PaceRequest request;
    request.contact.channel = "sms";
    request.contact.address = request.contact.place.phone = "+16025550101";
    request.contact.consent = compliance::ConsentLevel::expressWritten;
    request.from = at("2026-03-02T17:00:00Z");
    const auto monday = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2);
    request.isFull = [&](std::chrono::sys_days date) { return date < monday + days(3); };
    EXPECT_EQ(localTime("America/Phoenix", *nextSlot(gate, request).at).date,
              std::chrono::year_month_day(monday + days(3)));
    request.deadline = at("2026-03-04T00:00:00Z");
    EXPECT_EQ(nextSlot(gate, request).rule, "campaign.end");
}

class Preflights : public ::testing::Test {
protected:
    Preflights() {
        auto definition = cadence();
        playbook::Stage stage;
        stage.name = "booking";
        stage.booking.emplace();
        definition.stages.push_back(stage);
        definition.settings["company"].required = true;
        definition.settings["company"].name = "company";
        facts.definition = std::make_shared<const playbook::Definition>(std::move(definition));
        facts.channels = {"sms", "email", "voice"};
        facts.settings = {{"company", "Brightroof"},
                          {"sms_sender", "+12025550100"},
                          {"voice_sender", "+12025550100"},
                          {"email_sender", "katie@brightroof.example"},
                          {"postal_address", "Brightroof Inc., 100 Example Street, Denver, CO 80202"}};
        facts.bindings = {{{"sms", "acme"}, {"email", "post"}, {"voice", "acme"}, {"model", "scripted"}}};
        facts.plugins = {"sms", "email", "voice", "acme", "post", "scripted"};
        facts.team = {
            {ManagerId(), "Dana", "dana@brightroof.example", "America/Denver", "Mon-Fri 09:00-17:00"}};
        facts.people = people(400);
        facts.now = at("2026-03-02T00:00:00Z");
        facts.packs = gate.version();
        ForecastRequest request;
        request.from = facts.now;
        facts.forecast = forecast(*facts.definition, gate, facts.people, request);
    }
    std::string findings(const char* severity) const {
        std::string out;
        const auto found = preflight(facts);
        for (const auto& one : found["findings"])
            if (one["severity"] == severity) out += textOf(one, "what") + "\n";
        return out;
    }
    compliance::Gate gate;
    PreflightFacts facts;
};

TEST_F(Preflights, ACampaignWithEverythingIsReady) {
    EXPECT_EQ(findings("error"), "");
    EXPECT_TRUE(preflight(facts)["ready"]);
    EXPECT_THAT(preflightText(preflight(facts)), HasSubstr("\nready\n"));
    EXPECT_EQ(preflight(facts)["leads"]["people"], 400);
}

TEST_F(Preflights, WhatIsMissingIsNamed) {
    facts.settings.erase("company");
    facts.settings.erase("voice_sender");
    facts.settings.erase("email_sender");
    facts.settings["postal_address"] = " ";
    facts.bindings->erase("email");
    facts.bindings->erase("model");
    facts.plugins = {"sms", "voice", "acme"};
    facts.team.clear();
    const auto errors = findings("error");
    EXPECT_THAT(errors, HasSubstr("the playbook's setting \"company\" is missing\n"));
    EXPECT_THAT(errors, HasSubstr("no number sends voice\n"));
    EXPECT_THAT(errors, HasSubstr("no address sends email\n"));
    EXPECT_THAT(errors, HasSubstr("an email names the organization's postal address, and none is set\n"));
    EXPECT_THAT(errors, HasSubstr("nothing is bound that carries email\n"));
    EXPECT_THAT(errors, HasSubstr("no model is bound\n"));
    EXPECT_THAT(errors, HasSubstr("there is no channel plugin \"email\" here\n"));
    EXPECT_THAT(errors, HasSubstr("there is no account manager"));
    EXPECT_FALSE(preflight(facts)["ready"]);
    facts.forecast = {};
    EXPECT_THAT(findings("error"), HasSubstr("nobody would be reached\n"));
}

TEST_F(Preflights, ToolsThatThePlaybookAsksAreLookedFor) {
    auto definition = *facts.definition;
    definition.tools = {"crm/1"};
    facts.definition = std::make_shared<const playbook::Definition>(std::move(definition));
    EXPECT_THAT(findings("warning"),
                HasSubstr("the playbook asks crm/1, and nothing is bound that answers\n"));
    EXPECT_TRUE(preflight(facts)["ready"]) << "it can be run without";
    (*facts.bindings)["crm/1"] = "acme-crm";
    EXPECT_THAT(findings("error"), HasSubstr("the plugin \"acme-crm\" of \"crm/1\" is not loaded here\n"));
    facts.plugins.emplace_back("acme-crm");
    EXPECT_EQ(findings("error"), "");
    facts.bindings->erase("model");
    EXPECT_THAT(findings("error"), HasSubstr("no model is bound\n")) << "a tool is none";
}

TEST_F(Preflights, CostsAndCapacitiesAreReckoned) {
    facts.prices = {{"sms", 8000}, {"email", 500}};
    const auto cost = preflight(facts)["cost"];
    EXPECT_EQ(cost["low_micros"],
              facts.forecast.touches["sms"] * 8000 + facts.forecast.touches["email"] * 500);
    EXPECT_GT(cost["high_micros"], cost["low_micros"]);
    EXPECT_EQ(cost["model"]["low_micros"], 0) << "the scripted model costs nothing";
    EXPECT_THAT(findings("note"), HasSubstr("no price is known for voice"));
    EXPECT_EQ(findings("warning"), "") << "one manager has room for these";
    facts.meetingRate = 1;
    EXPECT_THAT(findings("warning"), HasSubstr("meetings are expected and there is room for 214"));
    facts.settings["sms_sender"] = "+442079460100";
    EXPECT_THAT(findings("warning"), HasSubstr("have a number of another country than +442079460100"));
    facts.rates = {{"number_per_minute", 1}};
    facts.forecast.hours[facts.now] = 1000;
    EXPECT_THAT(findings("warning"), HasSubstr("the busiest hour has 1000 touches"));
    facts.now = at("2028-03-02T00:00:00Z");
    EXPECT_THAT(findings("warning"), HasSubstr("the rule packs were last revised"));
}

}  // namespace
}  // namespace overture::campaign
