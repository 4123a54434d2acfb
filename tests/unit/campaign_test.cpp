#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "campaign/campaign.hpp"
#include "campaign/columns.hpp"
#include "campaign/csv.hpp"
#include "campaign/team.hpp"
#include "campaign/values.hpp"
#include "meeting/meetings.hpp"

namespace overture::campaign {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

struct Read {
    std::vector<std::string> header;
    std::vector<CsvRow> rows;
    std::string encoding;
    char separator;
};

Read readAll(const std::string& bytes) {
    CsvReader reader(bytes, "leads.csv");
    Read read{reader.header(), {}, reader.encoding(), reader.separator()};
    for (CsvRow row; reader.next(row);) read.rows.push_back(row);
    return read;
}

std::string sentenceOf(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.problem().sentence();
    }
    return "nothing was thrown";
}

std::string utf16(const std::string& ascii, bool bigEndian) {
    std::string out = bigEndian ? "\xfe\xff" : "\xff\xfe";
    for (const char c : ascii) out += bigEndian ? std::string{'\0', c} : std::string{c, '\0'};
    return out;
}

TEST(Csv, WhatASpreadsheetWouldRunIsMarkedAndComesBackAsItWas) {
    for (const char* formula : {"=1+1",
                                "=HYPERLINK(\"https://bad.example\",\"x\")",
                                "=cmd|' /C calc'!A0",
                                "+1+1",
                                "+cmd|x",
                                "-2+3",
                                "-SUM(1)",
                                "@SUM(1)",
                                "\tx",
                                "\rx",
                                "\nx",
                                "＝1+1",
                                "＋1",
                                "－1",
                                "＠x",
                                "+",
                                "-",
                                "+12025550143*1",
                                "'=1+1",
                                "''@x",
                                "'-5",
                                "+1(1)"}) {
        EXPECT_TRUE(csvCell(formula).starts_with("\"'")) << formula;
    }
    for (const char* plain : {"-5", "-1.5", "+12025550143", "+1 202 555 0143", "", "Ann", "it's", "'tis",
                              "a=b", "1-2", " =1", "say \"hi\""})
        EXPECT_FALSE(csvCell(plain).starts_with("\"'=") ||
                     csvCell(plain) == "\"'" + std::string(plain) + "\"")
            << plain;
    std::vector<std::string> values{"=1+1", "+1+1", "-2+3", "@SUM(1)",         "＝1+1",       "＋1", "－1",
                                    "＠x",  "+",    "-",    "'=1+1",           "''@x",        "'-5", "-5",
                                    "'tis", "it's", "Ann",  "+1 202 555 0143", "=\"a\",b\n;c"};
    std::string table = "value\n";
    for (const auto& value : values) table += csvCell(value) + "\n";
    const auto read = readAll(table);
    ASSERT_EQ(read.rows.size(), values.size());
    for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(read.rows[i].fields.at(0), values[i]);
}

TEST(Csv, SeparatorsLineEndsAndMarks) {
    for (const char* separator : {",", ";", "\t"})
        for (const char* end : {"\n", "\r\n", "\r"})
            for (const char* mark : {"", "\xef\xbb\xbf"}) {
                const auto read =
                    readAll(mark + replaceAll(replaceAll("name|phone\nAda|1\n\nBo, Jr.|2"s, "|", separator),
                                              "\n", end));
                if (*separator == ',') {
                    EXPECT_THAT(read.rows.back().problem, HasSubstr("has 3 columns where the header has 2"));
                    continue;
                }
                EXPECT_EQ(read.separator, *separator);
                EXPECT_THAT(read.header, ElementsAre("name", "phone"));
                ASSERT_EQ(read.rows.size(), 2u);
                EXPECT_THAT(read.rows[0].fields, ElementsAre("Ada", "1"));
                EXPECT_EQ(read.rows[0].line, 2);
                EXPECT_THAT(read.rows[1].fields, ElementsAre("Bo, Jr.", "2"));
                EXPECT_EQ(read.rows[1].line, 4);
            }
}

TEST(Csv, QuotesWithSeparatorsQuotesAndLinesInside) {
    const auto read = readAll("a,b\n\"x, \"\"y\"\"\",\"one\r\ntwo\"\n  \"z\" ,  w  \n");
    ASSERT_EQ(read.rows.size(), 2u);
    EXPECT_THAT(read.rows[0].fields, ElementsAre("x, \"y\"", "one\r\ntwo"));
    EXPECT_EQ(read.rows[1].line, 4);
    EXPECT_THAT(read.rows[1].fields, ElementsAre("z", "w"));
}

TEST(Csv, ABrokenQuoteSpoilsItsOwnRowOnly) {
    const auto never = readAll("a,b\n1,\"Joe\n2,Ann\n3,Bo\n");
    ASSERT_EQ(never.rows.size(), 3u);
    EXPECT_EQ(never.rows[0].line, 2);
    EXPECT_THAT(never.rows[0].problem, HasSubstr("never closed"));
    EXPECT_THAT(never.rows[1].fields, ElementsAre("2", "Ann"));
    EXPECT_EQ(never.rows[2].line, 4);

    // The next quote in the file would close it, in the middle of another row.
    const auto later = readAll("a,b\n1,\"Joe\n2,\"Ann\"\n3,Bo\n");
    ASSERT_EQ(later.rows.size(), 3u);
    EXPECT_THAT(later.rows[0].problem, HasSubstr("after a closing quote"));
    EXPECT_THAT(later.rows[1].fields, ElementsAre("2", "Ann"));
    EXPECT_THAT(later.rows[2].fields, ElementsAre("3", "Bo"));
}

TEST(Csv, RowsOfAnotherWidthAreBadAndEmptyOnesAreSkipped) {
    const auto read = readAll("a,b,c,\n1,2\n,,,\n   \n1,2,3,,,\n1,2,3,4\n");
    ASSERT_EQ(read.rows.size(), 3u);
    EXPECT_THAT(read.rows[0].problem, HasSubstr("has 2 columns where the header has 3"));
    EXPECT_EQ(read.rows[0].line, 2);
    EXPECT_THAT(read.rows[1].fields, ElementsAre("1", "2", "3"));
    EXPECT_EQ(read.rows[1].line, 5);
    EXPECT_THAT(read.rows[2].problem, HasSubstr("has 4 columns"));
}

TEST(Csv, Encodings) {
    EXPECT_EQ(readAll("näme\nJosé\n").encoding, "UTF-8");
    const auto latin = readAll(
        "n\xe4me\nJos\xe9 \x80"
        "5\n");
    EXPECT_EQ(latin.encoding, "Windows-1252");
    EXPECT_THAT(latin.header, ElementsAre("näme"));
    EXPECT_THAT(latin.rows[0].fields, ElementsAre("José €5"));
    for (const bool big : {true, false})
        for (const std::size_t skip : {0u, 2u}) {
            const auto wide = readAll(utf16("name,phone\nAda,12\n", big).substr(skip));
            EXPECT_EQ(wide.encoding, "UTF-16");
            EXPECT_THAT(wide.rows.at(0).fields, ElementsAre("Ada", "12"));
        }
    // One broken byte does not turn a whole UTF-8 file into something else.
    std::string damaged = "name\n";
    for (int i = 0; i < 50; ++i) damaged += "Zoë\n";
    const auto broken = readAll(damaged + "B\xff\n");
    EXPECT_EQ(broken.rows[0].fields[0], "Zoë");
    EXPECT_EQ(broken.rows.back().fields[0], "B\xef\xbf\xbd");
}

TEST(Csv, ExcelsSeparatorLineIsObeyed) {
    const auto read = readAll("sep=;\na,b;c\n1,5;2\n");
    EXPECT_THAT(read.header, ElementsAre("a,b", "c"));
    EXPECT_EQ(read.rows.at(0).line, 3);
    EXPECT_THAT(read.rows[0].fields, ElementsAre("1,5", "2"));
}

TEST(Csv, ZeroBytesAndHugeRowsAreBadRows) {
    const auto zero = readAll("a,b\n1,x\0y\n2,z\n"s);
    ASSERT_EQ(zero.rows.size(), 2u);
    EXPECT_THAT(zero.rows[0].problem, HasSubstr("zero byte"));
    const auto huge = readAll("a\n" + std::string(3 << 20, 'x') + "\nfine\n");
    ASSERT_EQ(huge.rows.size(), 2u);
    EXPECT_THAT(huge.rows[0].problem, HasSubstr("longer than 1 MiB"));
    EXPECT_EQ(huge.rows[1].line, 3);
    EXPECT_EQ(huge.rows[1].fields.at(0), "fine");
}

TEST(Csv, SaysWhatAFileIsThatIsNoTable) {
    const auto say = [](const std::string& bytes) { return sentenceOf([&] { readAll(bytes); }); };
    EXPECT_THAT(say(""), HasSubstr("leads.csv: the file is empty"));
    EXPECT_THAT(say(" \r\n\n"), HasSubstr("empty"));
    EXPECT_THAT(say("PK\x03\x04 and so on"), HasSubstr("Excel workbook"));
    EXPECT_THAT(say(std::string(500, '\x01') + "\n"), HasSubstr("binary file"));
    EXPECT_THAT(say(",,,\n1,2,3,4\n"), HasSubstr("no header row"));
    EXPECT_THAT(say("\"a,b\n1,2\n"), HasSubstr("never closed"));
}

TEST(Csv, NoBytesMakeItCrashOrHang) {
    static constexpr std::string_view alphabet = ",;\t\"\"\"\r\n\n ab1\xc3\xa9\xff\0"sv;
    for (std::uint64_t seed = 0; seed < 4000; ++seed) {
        Random random(seed);
        std::string bytes = random.chance(0.2) ? "\xff\xfe" : "";
        for (auto length = random.below(120); length > 0; --length)
            bytes += random.chance(0.05) ? static_cast<char>(random.below(256))
                                         : alphabet[random.below(alphabet.size())];
        try {
            CsvReader reader(bytes, "x");
            int last = 0;
            std::size_t count = 0;
            for (CsvRow row; reader.next(row); ++count) {
                ASSERT_GT(row.line, last) << seed;
                last = row.line;
                ASSERT_TRUE(!row.problem.empty() || row.fields.size() == reader.header().size()) << seed;
                for (const auto& field : row.fields) ASSERT_TRUE(isUtf8(field)) << seed;
            }
            ASSERT_LE(count, bytes.size());
        } catch (const Error& error) {
            ASSERT_FALSE(error.problem().what.empty());
        }
    }
}

TEST(Csv, ManyBrokenQuotesTakeLinearTime) {
    std::string bytes = "a,b\n";
    for (int i = 0; i < 20000; ++i) bytes += "1,\"x\n\"\"\"\"\n";
    EXPECT_GT(readAll(bytes).rows.size(), 10000u);
}

TEST(Columns, KnowsTheirManySpellings) {
    const std::pair<const char*, Field> expected[] = {{"First Name", Field::firstName},
                                                      {"firstName", Field::firstName},
                                                      {"given_name", Field::firstName},
                                                      {"Vorname", Field::firstName},
                                                      {"PRÉNOM", Field::firstName},
                                                      {"nombre", Field::firstName},
                                                      {"Contact First Name", Field::firstName},
                                                      {"last-name", Field::lastName},
                                                      {"Surname", Field::lastName},
                                                      {"Family Name", Field::lastName},
                                                      {"Nachname", Field::lastName},
                                                      {"Name", Field::fullName},
                                                      {"Full Name", Field::fullName},
                                                      {"phone", Field::phone},
                                                      {"Mobile", Field::phone},
                                                      {"CELL", Field::phone},
                                                      {"Telephone", Field::phone},
                                                      {"Phone Number", Field::phone},
                                                      {"Téléphone", Field::phone},
                                                      {"Lead Phone", Field::phone},
                                                      {"E-mail", Field::email},
                                                      {"Email Address", Field::email},
                                                      {"courriel", Field::email},
                                                      {"Country", Field::country},
                                                      {"country_code", Field::country},
                                                      {"Pays", Field::country},
                                                      {"State", Field::state},
                                                      {"Province", Field::state},
                                                      {"region", Field::state},
                                                      {"ZIP", Field::postalCode},
                                                      {"Postal Code", Field::postalCode},
                                                      {"postcode", Field::postalCode},
                                                      {"PLZ", Field::postalCode},
                                                      {"Pin Code", Field::postalCode},
                                                      {"Time Zone", Field::zone},
                                                      {"timezone", Field::zone},
                                                      {"tz", Field::zone},
                                                      {"Language", Field::language},
                                                      {"lang", Field::language},
                                                      {"Company", Field::company},
                                                      {"Organisation", Field::company},
                                                      {"Title", Field::title},
                                                      {"Job Title", Field::title},
                                                      {"role", Field::title},
                                                      {"ID", Field::externalId},
                                                      {"External ID", Field::externalId},
                                                      {"customer_id", Field::externalId},
                                                      {"Lead ID", Field::externalId},
                                                      {"Consent", Field::consent},
                                                      {"opt-in", Field::consent},
                                                      {"Consent Source", Field::consentSource},
                                                      {"Consent Date", Field::consentDate},
                                                      {"Do Not Contact", Field::doNotContact},
                                                      {"DNC", Field::doNotContact},
                                                      {"Opt Out", Field::doNotContact},
                                                      {"unsubscribed", Field::doNotContact},
                                                      {"मोबाइल", Field::phone},
                                                      {"Roof Type", Field::custom},
                                                      {"", Field::custom}};
    for (const auto& [header, field] : expected) EXPECT_EQ(columnOf(header).field, field) << header;
    EXPECT_EQ(columnOf("SMS consent").channel, "sms");
    EXPECT_EQ(columnOf("Email Opt-In").channel, "email");
    EXPECT_EQ(columnOf("consent").channel, "*");
    EXPECT_LT(columnOf("Mobile").rank, columnOf("Work Phone").rank);
}

TEST(Columns, WithoutPhoneOrEmailSaysWhatIsThereAndWhatIsWanted) {
    const auto sentence = sentenceOf([] { columnsOf({"Nmae", "Fone"}, "leads.csv:1"); });
    EXPECT_THAT(sentence, HasSubstr("leads.csv:1"));
    EXPECT_THAT(sentence, HasSubstr("Nmae, Fone"));
    EXPECT_THAT(sentence, HasSubstr("\"phone\" or \"email\""));
}

TEST(Values, CountriesAndLanguages) {
    const std::pair<const char*, const char*> countries[] = {{"US", "US"},
                                                             {"usa", "US"},
                                                             {"U.S.A.", "US"},
                                                             {"United States", "US"},
                                                             {"United States of America", "US"},
                                                             {"Deutschland", "DE"},
                                                             {"DEU", "DE"},
                                                             {"UK", "GB"},
                                                             {"United Kingdom", "GB"},
                                                             {"England", "GB"},
                                                             {"India", "IN"},
                                                             {"भारत", "IN"},
                                                             {"España", "ES"},
                                                             {"Brasil", "BR"},
                                                             {"Österreich", "AT"},
                                                             {"Nederland", ""},
                                                             {"Netherlands", "NL"},
                                                             {"Pays-Bas", "NL"},
                                                             {"Atlantis", ""},
                                                             {"", ""}};
    for (const auto& [name, code] : countries) EXPECT_EQ(countryCode(name), code) << name;
    const std::pair<const char*, const char*> languages[] = {
        {"en", "en"},           {"en-US", "en"},    {"eng", "en"},   {"English", "en"},
        {"English (US)", "en"}, {"Hindi", "hi"},    {"हिन्दी", "hi"}, {"Deutsch", "de"},
        {"español", "es"},      {"Klingonish", ""}, {"", ""}};
    for (const auto& [name, code] : languages) EXPECT_EQ(languageCode(name), code) << name;
}

TEST(Values, EmailAddresses) {
    EXPECT_EQ(emailAddress(" Ada@Example.COM "), "ada@example.com");
    EXPECT_EQ(emailAddress("mailto:a.b+c@x-y.example"), "a.b+c@x-y.example");
    EXPECT_EQ(emailAddress("Ada <ada@example.com>"), "ada@example.com");
    for (const char* bad : {"", "ada", "@example.com", "a@b", "a@b@c.example", "a b@c.example", "a@.example",
                            "a@b..example", "n/a", "a@b_c.example", ".a@b.example"})
        EXPECT_EQ(emailAddress(bad), "") << bad;
}

TEST(Values, NamesAreSplit) {
    EXPECT_EQ(splitName("Ada King Lovelace").first, "Ada King");
    EXPECT_EQ(splitName("Ada King Lovelace").last, "Lovelace");
    EXPECT_EQ(splitName("Lovelace, Ada").first, "Ada");
    EXPECT_EQ(splitName("Cher").first, "Cher");
    EXPECT_EQ(splitName("Cher").last, "");
}

TEST(Values, DatesAndWhatIsAmbiguous) {
    const auto is = [](const char* text, const char* country, const char* expected) {
        const auto date = dateOf(text, country);
        ASSERT_TRUE(date) << text << ": " << date.problem().what;
        EXPECT_EQ(toRfc3339(*date), expected) << text;
    };
    is("2026-03-01T10:00:00-07:00", "", "2026-03-01T17:00:00Z");
    for (const char* text : {"2026-03-01", "2026/3/1", "20260301", "2026-03-01 10:15", "1 Mar 2026",
                             "Mar 1, 2026", "March 1 2026", "01-Mar-2026", "01.03.2026"})
        is(text, "", "2026-03-01T00:00:00Z");
    is("03/04/2026", "US", "2026-03-04T00:00:00Z");
    is("03/04/2026", "IN", "2026-04-03T00:00:00Z");
    is("25/03/2026", "US", "2026-03-25T00:00:00Z");
    is("03/25/2026", "IN", "2026-03-25T00:00:00Z");
    is("05/05/2026", "", "2026-05-05T00:00:00Z");
    for (const char* country : {"", "CA"}) {
        const auto date = dateOf("03/04/2026", country);
        ASSERT_FALSE(date);
        EXPECT_THAT(date.problem().what, HasSubstr("two different days"));
    }
    for (const char* bad :
         {"", "soon", "2026-02-30", "31/31/2026", "1/2/26", "2026", "99999999999999999999", "1//2"})
        EXPECT_FALSE(dateOf(bad, "US")) << bad;
}

TEST(Values, ConsentAndOptOut) {
    using compliance::ConsentLevel;
    for (const char* text : {"yes", "TRUE", "1", "Express", "opt-in", "हाँ"})
        EXPECT_EQ(consentLevel(text), ConsentLevel::express) << text;
    for (const char* text : {"written", "Express Written", "express_written"})
        EXPECT_EQ(consentLevel(text), ConsentLevel::expressWritten) << text;
    for (const char* text : {"", "no", "False", "0", "none"})
        EXPECT_EQ(consentLevel(text), ConsentLevel::none) << text;
    EXPECT_FALSE(consentLevel("perhaps"));
    for (const char* text : {"yes", "1", "x", "2025-01-01", "please don't"})
        EXPECT_TRUE(isOptOut(text)) << text;
    for (const char* text : {"", "no", "FALSE", "0"}) EXPECT_FALSE(isOptOut(text)) << text;
}

Instant at(const char* text) {
    return parseRfc3339(text).value();
}

TEST(Team, IsReadAndEachBadRowIsNamed) {
    const auto now = at("2026-03-02T09:00:00Z");
    const auto team = readTeam(
        "Name,E-mail,Time Zone,Working Hours\nSam,Sam@example.com,America/New_York,\"Mon-Fri 09:00-17:00, "
        "Sat 10:00-12:00\"\n",
        "team.csv", now);
    ASSERT_EQ(team.size(), 1u);
    EXPECT_EQ(team[0].email, "sam@example.com");
    EXPECT_EQ(team[0].hours, "Mon-Fri 09:00-17:00, Sat 10:00-12:00");
    EXPECT_EQ(
        team[0].id,
        readTeam("name,email,zone,hours\nS,sam@example.com,America/New_York,Mon 9-10\n", "t", now)[0].id);
    const auto say = [&](const std::string& rows) {
        return sentenceOf([&] { readTeam("name,email,zone,hours\n" + rows, "team.csv", now); });
    };
    EXPECT_THAT(say("Sam,sam@example.com,New York,Mon 9-10\n"),
                HasSubstr("team.csv:2: \"New York\" is not a time zone"));
    EXPECT_THAT(say("Sam,sam@example.com,America/New_York,Mon-Fry 9-10\nBo,,,\n"),
                AllOf(HasSubstr("team.csv:2: in the hours, column 1, \"mon-fry\" is not a day"),
                      HasSubstr("1 more row needs a look")));
    EXPECT_THAT(say("Sam,sam,America/New_York,Mon 9-10\n"), HasSubstr("\"sam\" is not an e-mail address"));
    EXPECT_THAT(
        say("Sam,sam@example.com,America/New_York,Mon 9-10\nSam,SAM@example.com,America/New_York,Mon 9-10\n"),
        HasSubstr("team.csv:3: sam@example.com stands here twice"));
    EXPECT_THAT(say("Sam,sam@example.com,America/New_York,Mon 9-10, Tue 9-10\n"), HasSubstr("has 5 columns"));
    EXPECT_THAT(say(""), HasSubstr("nobody in the team"));
    EXPECT_THAT(sentenceOf([&] { readTeam("name,email,hours\n", "team.csv", now); }),
                HasSubstr("no column \"zone\""));
}

class Pacing : public ::testing::Test {
protected:
    static PaceRequest request(const std::string& zone, const char* from, std::uint64_t seed = 1) {
        PaceRequest request;
        request.contact.channel = "sms";
        request.contact.address = "+16025550101";
        request.contact.place.phone = request.contact.address;
        request.contact.place.zone = zone;
        request.contact.consent = compliance::ConsentLevel::expressWritten;
        request.from = at(from);
        request.seed = seed;
        return request;
    }

    bool allowed(const PaceRequest& asked, Instant when) const {
        auto contact = asked.contact;
        contact.at = when;
        return std::holds_alternative<compliance::Permit>(gate.decide(contact, asked.own));
    }

    /// Does the touch's own window hold on this zone's clock?
    static bool inTouchHours(const PaceRequest& asked, const std::string& zone, Instant when) {
        return inHours(hoursOf(asked), zone, when);
    }
    static meeting::WeekHours hoursOf(const PaceRequest& asked) {
        return meeting::WeekHours::parse((asked.days.empty() ? "Mon-Sun" : asked.days) + " " +
                                         (asked.between.empty() ? "00:00-24:00" : asked.between))
            .orThrow();
    }
    static bool inHours(const meeting::WeekHours& hours, const std::string& zone, Instant when) {
        const auto local = localTime(zone, when);
        return hours.contains(local.weekday, local.timeOfDay, local.timeOfDay + seconds(1));
    }

    /// The busiest minute's share of 2,000 leads.
    double busiest(PaceRequest asked) const {
        std::map<Instant, int> minutesUsed;
        for (std::uint64_t seed = 0; seed < 2000; ++seed) {
            asked.seed = seed;
            ++minutesUsed[std::chrono::floor<minutes>(nextSlot(gate, asked).at.value())];
        }
        int most = 0;
        for (const auto& [minute, leads] : minutesUsed) most = std::max(most, leads);
        return most / 2000.0;
    }

    compliance::Gate gate;
};

TEST_F(Pacing, NeverOutsideNeverEarlierAlwaysTheFirstDaysThatHaveRoom) {
    static const char* zones[] = {"America/Phoenix", "America/New_York", "America/Los_Angeles",
                                  "Europe/London",   "Asia/Kolkata",     "Australia/Lord_Howe",
                                  "Pacific/Apia"};
    static const char* betweens[] = {"", "", "10:00-11:00", "09:00-12:00", "16:30-17:00", "19:50-21:30"};
    static const char* daySets[] = {"", "", "Tue-Thu", "Sat,Sun", "Fri-Mon"};
    int found = 0;
    for (std::uint64_t seed = 0; seed < 120; ++seed) {
        Random random(seed);
        const std::string zone = zones[random.below(7)];
        auto asked = request(zone, "2026-01-01T00:00:00Z", seed);
        // Around the clock changes of spring and autumn more often than not.
        const auto base = random.chance(0.3)   ? at("2026-03-06T00:00:00Z")
                          : random.chance(0.3) ? at("2026-10-23T00:00:00Z")
                                               : at("2026-01-01T00:00:00Z");
        asked.from = base + seconds(random.below(86400 * 10));
        asked.between = betweens[random.below(6)];
        asked.days = daySets[random.below(5)];
        if (random.chance(0.3)) asked.own.window = "09:30-18:00";
        if (random.chance(0.3)) asked.deadline = asked.from + hours(1 + random.below(240));
        const auto pace = nextSlot(gate, asked);
        EXPECT_EQ(nextSlot(gate, asked).at, pace.at);

        // Minute by minute: how much is open, and where the day ends in which it becomes an hour.
        Instant latest = asked.deadline.value_or(Instant::max());
        const auto own = hoursOf(asked);
        int open = 0;
        for (auto when = std::chrono::ceil<minutes>(asked.from);
             when < latest && when < asked.from + days(20); when += minutes(1)) {
            if (!inHours(own, zone, when) || !allowed(asked, when)) continue;
            if (++open < 62) continue;
            latest = std::min(latest, instantOf(zone, localTime(zone, when).date, hours(24)));
            break;
        }
        if (!pace.at) {
            EXPECT_EQ(open, 0) << seed << " " << pace.reason;
            continue;
        }
        ++found;
        EXPECT_GE(*pace.at, asked.from) << seed;
        EXPECT_LT(*pace.at, latest) << seed << " " << asked.between << " " << asked.days << " "
                                    << toRfc3339(asked.from);
        EXPECT_TRUE(allowed(asked, *pace.at)) << seed << " " << toRfc3339(*pace.at);
        EXPECT_TRUE(inTouchHours(asked, zone, *pace.at)) << seed << " " << toRfc3339(*pace.at);
    }
    EXPECT_GT(found, 60);
}

TEST_F(Pacing, ALargeListSpreadsOverTheHours) {
    EXPECT_LT(busiest(request("America/Phoenix", "2026-03-03T15:00:00Z")), 0.01) << "a whole day is open";
    EXPECT_LT(busiest(request("America/Phoenix", "2026-03-04T03:50:00Z")), 0.01)
        << "ten minutes are left today: tomorrow takes most of them";
    auto narrow = request("America/Phoenix", "2026-03-03T15:00:00Z");
    narrow.between = "10:00-11:00";
    EXPECT_LT(busiest(narrow), 0.035);
    narrow.between = "10:00-10:20";
    EXPECT_LT(busiest(narrow), 0.035) << "three days make an hour";
}

TEST_F(Pacing, SaysWhyNever) {
    auto asked = request("America/Phoenix", "2026-03-03T17:00:00Z");
    asked.contact.consent = compliance::ConsentLevel::none;
    EXPECT_FALSE(nextSlot(gate, asked).at);
    EXPECT_THAT(nextSlot(gate, asked).reason, HasSubstr("consent"));
    asked = request("America/Phoenix", "2026-03-03T17:00:00Z");
    asked.contact.suppressed = true;
    EXPECT_EQ(nextSlot(gate, asked).rule, "house.suppressed");
    asked = request("America/Phoenix", "2026-03-03T17:00:00Z");
    asked.between = "02:00-03:00";
    EXPECT_EQ(nextSlot(gate, asked).rule, "touch.hours");
    asked.between = "10:00-11:00";
    asked.days = "Sat";
    asked.deadline = at("2026-03-06T00:00:00Z");
    EXPECT_EQ(nextSlot(gate, asked).rule, "campaign.end");
    asked.between = "10 to 11";
    EXPECT_THROW(nextSlot(gate, asked), Error);
}

TEST_F(Pacing, SeveralZonesMeanAllOfThemWhereTheyMeet) {
    auto asked = request("", "2026-03-03T05:00:00Z");
    for (const char* number : {"+18125550101", "+12705550101", "+18505550101", "+17015550101"}) {
        asked.contact.address = asked.contact.place.phone = number;
        if (compliance::placesOf(asked.contact.place).zones.size() > 1) break;
    }
    const auto zones = compliance::placesOf(asked.contact.place).zones;
    ASSERT_GT(zones.size(), 1u);
    asked.between = "10:00-14:00";
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        asked.seed = seed;
        const auto pace = nextSlot(gate, asked);
        for (const auto& zone : zones) EXPECT_TRUE(inTouchHours(asked, zone, *pace.at)) << zone;
    }
    asked.between = "10:00-11:00";  // never at once in zones an hour apart: the first one's clock counts
    EXPECT_TRUE(inTouchHours(asked, zones.front(), nextSlot(gate, asked).at.value()));
}

TEST(Cadence, TheNextTouchIsTheNextOneThatReachesThem) {
    playbook::Definition definition;
    definition.cadence = {
        {"sms", {}, "", "", {}, ""}, {"email", days(2), "", "", {}, ""}, {"voice", days(1), "", "", {}, ""}};
    EXPECT_EQ(nextTouch(definition, std::nullopt, {"sms", "voice"})->number, 0u);
    const auto next = nextTouch(definition, 0, {"sms", "voice"});
    ASSERT_TRUE(next);
    EXPECT_EQ(next->number, 2u);
    EXPECT_EQ(next->after, days(3)) << "the wait for the e-mail counts too";
    EXPECT_EQ(nextTouch(definition, 0, {"email"})->after, days(2));
    EXPECT_FALSE(nextTouch(definition, 2, {"sms", "email", "voice"}));
    EXPECT_FALSE(nextTouch(definition, std::nullopt, {"whatsapp"}));
}

}  // namespace
}  // namespace overture::campaign
