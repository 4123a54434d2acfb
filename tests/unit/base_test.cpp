#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "base/digest.hpp"
#include "base/ids.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/log_context.hpp"
#include "base/metrics.hpp"
#include "base/money.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "base/uuid_series.hpp"
#include "overture/json_text.hpp"

namespace overture {
namespace {

Instant at(const char* text) {
    return parseRfc3339(text).value();
}

TEST(Time, ReadsAndWritesRfc3339) {
    EXPECT_EQ(toRfc3339(at("2026-03-01T10:00:00-07:00")), "2026-03-01T17:00:00Z");
    EXPECT_EQ(toRfc3339(at("2026-03-01T17:00:00.25Z")), "2026-03-01T17:00:00.250000Z");
    for (const char* bad :
         {"", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-03-01", "2026-03-01T10:00",
          "2026-03-01T10:00:00", "2026-03-01T10:00:00+7", "2026-03-01T24:00:00Z"})
        EXPECT_FALSE(parseRfc3339(bad)) << bad;
}

TEST(Time, LocalClockFollowsTheZone) {
    const auto phoenix = localTime("America/Phoenix", at("2026-07-01T17:30:00Z"));
    EXPECT_EQ(phoenix.text(), "Wed 1 Jul 2026 10:30");
    EXPECT_EQ(phoenix.rfc3339(), "2026-07-01T10:30:00-07:00");
    EXPECT_EQ(localTime("Asia/Kolkata", at("2026-07-01T17:30:00Z")).text(), "Wed 1 Jul 2026 23:00");
}

TEST(Time, SkippedAndRepeatedLocalTimes) {
    using namespace std::chrono;
    // 8 March 2026, 02:00 → 03:00 in New York; 1 November 2026, 02:00 → 01:00.
    EXPECT_EQ(toRfc3339(instantOf("America/New_York", 2026y / March / 8, 2h + 30min)),
              "2026-03-08T07:00:00Z");
    EXPECT_EQ(toRfc3339(instantOf("America/New_York", 2026y / November / 1, 1h + 30min)),
              "2026-11-01T05:30:00Z");
    EXPECT_EQ(toRfc3339(*nextOffsetChange("America/New_York", at("2026-01-01T00:00:00Z"))),
              "2026-03-08T07:00:00Z");
    EXPECT_FALSE(nextOffsetChange("America/Phoenix", at("2026-01-01T00:00:00Z")));
}

TEST(Time, OnlyNamesOfTheZoneDataAreZones) {
    EXPECT_TRUE(isZone("America/Phoenix"));
    EXPECT_TRUE(isZone("UTC"));
    for (const char* bad : {"", "EST", "Mars/Olympus", "../etc/passwd", "GMT+5", "America/"})
        EXPECT_FALSE(isZone(bad)) << bad;
    EXPECT_THROW(localTime("Mars/Olympus", Instant{}), Error);
}

TEST(Time, Durations) {
    EXPECT_EQ(*parseDuration("1h30m"), std::chrono::minutes(90));
    EXPECT_EQ(*parseDuration("2d"), std::chrono::hours(48));
    for (const char* bad : {"", "2", "d", "2x", "-1h", "1.5h"}) EXPECT_FALSE(parseDuration(bad)) << bad;
    EXPECT_EQ(toDurationText(std::chrono::hours(25)), "1d1h");
}

TEST(Ids, SortByTimeAndRoundTrip) {
    const Uuid early = uuid7(at("2026-01-01T00:00:00Z")), late = uuid7(at("2026-01-01T00:00:00.002Z"));
    EXPECT_LT(early, late);
    EXPECT_EQ(Uuid::parse(early.text()), early);
    EXPECT_EQ(early.text()[14], '7');
    EXPECT_EQ(uuid7(at("2026-01-01T00:00:00Z"), "lead 1"), uuid7(at("2026-01-01T00:00:00Z"), "lead 1"));
    EXPECT_NE(uuid7(at("2026-01-01T00:00:00Z"), "lead 1"), uuid7(at("2026-01-01T00:00:00Z"), "lead 2"));
    EXPECT_FALSE(Uuid::parse("not-an-id"));
}

TEST(Ids, OfOneMomentCountUp) {
    const auto moment = at("2026-01-01T00:00:00Z");
    Uuid7Series series(moment), other(moment);
    auto before = series.next();
    EXPECT_NE(before, other.next()) << "two imports of one millisecond";
    for (int i = 0; i < 20'000; ++i) {
        const auto next = series.next();
        ASSERT_LT(before, next) << i;
        before = next;
    }
    EXPECT_EQ(before.text()[14], '7');
    EXPECT_NE(std::string("89ab").find(before.text()[19]), std::string::npos) << before.text();
    EXPECT_LT(before, uuid7(moment + milliseconds(1)));
}

TEST(Digests, KnownAnswers) {
    EXPECT_EQ(toHex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(toHex(hmacSha256("key", "The quick brown fox jumps over the lazy dog")),
              "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");
    EXPECT_EQ(fromBase64(toBase64(std::string("\0\xff hi", 5))), std::string("\0\xff hi", 5));
}

TEST(Texts, Utf8) {
    EXPECT_TRUE(isUtf8("नमस्ते"));
    EXPECT_FALSE(isUtf8("\xc0\xaf"));
    EXPECT_FALSE(isUtf8("\xed\xa0\x80"));
    EXPECT_EQ(fromLatin1("Jos\xe9"), "José");
    EXPECT_TRUE(
        isUtf8(toValidUtf8("a\xff"
                           "b")));
    EXPECT_EQ(foldCase("ＳＴＯＰ"), "stop");
}

TEST(Texts, SuggestsTheNearestWord) {
    EXPECT_EQ(nearest("bookng", {"opening", "booking", "closed"}), "booking");
    EXPECT_EQ(nearest("zzzzzz", {"opening", "booking"}), "");
}

TEST(MoneyText, IsReadAsPeopleWriteIt) {
    EXPECT_EQ(Money::parse("25"), (Money{25'000'000, "USD"}));
    EXPECT_EQ(Money::parse("eur 12.5"), (Money{12'500'000, "EUR"}));
    EXPECT_EQ(Money::parse("USD 0.000001"), (Money{1, "USD"}));
    for (const char* wrong : {"", "lots", "5.", "-5", "1.2345678", "US 5", "U$D 5", "5 USD", "1e3"})
        EXPECT_FALSE(Money::parse(wrong)) << wrong;
}

TEST(MoneyText, ShowsAtLeastCents) {
    EXPECT_EQ((Money{80000000, "USD"}).text(), "USD 80.00");
    EXPECT_EQ((Money{1234, "USD"}).text(), "USD 0.001234");
}

/// Texts and numbers that are written or read in some way of their own.
Json anything(std::mt19937_64& random, int depth) {
    static const std::vector<Json> kOdd{"",
                                        "plain",
                                        "quote \" and \\ and /",
                                        "\b\f\n\r\t",
                                        std::string("\x01\x1f\x7f\0zero", 8),
                                        "naïve – हिन्दी 🎈",
                                        "\xff",
                                        "\xe2\x82",
                                        "\xed\xa0\x80",
                                        "\xc0\xaf",
                                        "\xf5\x80\x80\x80",
                                        std::string(70, 'x'),
                                        0,
                                        -1,
                                        7,
                                        INT64_MIN,
                                        INT64_MAX,
                                        UINT64_MAX,
                                        0.0,
                                        -0.0,
                                        1.5,
                                        1e300,
                                        1e-320,
                                        0.1,
                                        1.0 / 3,
                                        1e22,
                                        std::nan(""),
                                        true,
                                        false,
                                        nullptr,
                                        Json::object(),
                                        Json::array()};
    const auto kind = random() % (depth > 4 ? 1 : 3);
    if (kind == 0) return kOdd[random() % kOdd.size()];
    auto made = kind == 1 ? Json::array() : Json::object();
    for (auto left = random() % 5; left > 0; --left) {
        const auto& key = kOdd[random() % 12].get_ref<const std::string&>();
        if (kind == 1)
            made.push_back(anything(random, depth + 1));
        else
            made[key + std::to_string(random() % 3)] = anything(random, depth + 1);
    }
    return made;
}

TEST(Json, IsWrittenAndReadAsTheLibraryDoes) {
    std::mt19937_64 random(11);
    int read = 0, refused = 0;
    for (int i = 0; i < 4000; ++i) {
        const auto document = anything(random, 0);
        auto text = document.dump(-1, ' ', false, Json::error_handler_t::replace);
        ASSERT_EQ(toText(document), text);
        if (i % 4 == 1) text = document.dump(3, '\t', true, Json::error_handler_t::replace);
        for (auto harm = random() % 3; harm > 0 && !text.empty(); --harm) {
            constexpr std::string_view kHarm = "\"\\{}[],:0-.eE+ \n\x01\xffx/u";
            const auto at = random() % text.size();
            if (random() % 2 == 0)
                text[at] = kHarm[random() % kHarm.size()];
            else
                text.erase(at, 1 + random() % 2);
        }
        const auto fast = json_text::read(text);
        const auto slow = Json::parse(text, nullptr, false);
        ++(slow.is_discarded() ? refused : read);
        if (!fast) continue;
        ASSERT_FALSE(slow.is_discarded()) << text;
        ASSERT_EQ(fast->dump(-1, ' ', false, Json::error_handler_t::replace),
                  slow.dump(-1, ' ', false, Json::error_handler_t::replace))
            << text;
    }
    EXPECT_GT(read, 1000);
    EXPECT_GT(refused, 500);
}

TEST(Json, IsReadWithoutTheLibraryWhereItIsUsual) {
    for (const auto* text :
         {R"({"a": [1, -2, 3.25e2, true, false, null], "b": {"c": "x\ny", "d": "नमस्ते"}})", "[]", " {} ",
          "\"a\"", R"({"a":1,"a":{"b":2}})", "0", "-0", "18446744073709551615", "[[[]]]"})
        EXPECT_TRUE(json_text::read(text) == Json::parse(text)) << text;
    for (const auto* text : {"", " ", "01", "1.", ".5", "+1", "-", "[1,]", "{\"a\":}", "{a:1}", "\"\t\"",
                             "nul", "1 2", "\"\\x\"", "[1", "1e", "1e+", "\"open"})
        EXPECT_FALSE(json_text::read(text)) << text;
    EXPECT_FALSE(json_text::read(std::string(5000, '[')))
        << "too deep for it; the library says what is wrong";
}

TEST(Json, SaysWhereItIsBroken) {
    const auto broken = parseJson("{\n  \"a\": 1,\n  b\n}", "settings.json");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.problem().where, "settings.json:3");
}

TEST(Text, LongNumbersAreGrouped) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1000), "1,000");
    EXPECT_EQ(grouped(-1234567), "-1,234,567");
    EXPECT_EQ(grouped(-100), "-100");
}

TEST(Log, LinesSayWhatTheyAreAbout) {
    ::testing::internal::CaptureStderr();
    {
        const log::Context outer(Json{{"request", "r1"}, {"turn", 1}});
        {
            const log::Context inner(Json{{"turn", 2}});
            log::error("inside", {{"place", "here"}});
        }
        log::error("outside", {{"request", "own"}});
    }
    log::error("after", Json::object());
    const auto lines = split(::testing::internal::GetCapturedStderr(), '\n');
    ASSERT_GE(lines.size(), 3U);
    const auto first = Json::parse(lines[0]), second = Json::parse(lines[1]), third = Json::parse(lines[2]);
    EXPECT_EQ(first["request"], "r1");
    EXPECT_EQ(first["turn"], 2);
    EXPECT_EQ(first["place"], "here");
    EXPECT_EQ(second["request"], "own");
    EXPECT_EQ(second["turn"], 1);
    EXPECT_FALSE(third.contains("request"));
}

TEST(Metrics, AreWrittenAsPrometheusReadsThem) {
    metrics::count("overture_gate_verdicts_total", {{"verdict", "a \"quoted\\ one\n"}});
    metrics::count("overture_gate_verdicts_total", {{"verdict", "a \"quoted\\ one\n"}}, 2);
    metrics::observe("overture_turn_duration_seconds", {}, milliseconds(20));
    metrics::observe("overture_turn_duration_seconds", {}, seconds(60));
    const auto text = metrics::exposition();
    for (const char* line :
         {"# TYPE overture_gate_verdicts_total counter\n",
          "overture_gate_verdicts_total{verdict=\"a \\\"quoted\\\\ one\\n\"} 3\n",
          "overture_turn_duration_seconds_bucket{le=\"0.01\"} 0\n",
          "overture_turn_duration_seconds_bucket{le=\"0.025\"} 1\n",
          "overture_turn_duration_seconds_bucket{le=\"+Inf\"} 2\n",
          "overture_turn_duration_seconds_sum 60.02\n", "overture_turn_duration_seconds_count 2\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
    EXPECT_THROW(metrics::count("overture_typo_total"), std::logic_error);
}

}  // namespace
}  // namespace overture
