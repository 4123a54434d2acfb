#include <gtest/gtest.h>

#include <map>
#include <set>

#include "alphabet.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "channel.hpp"
#include "manners.hpp"
#include "segments.hpp"

namespace overture::sms {
namespace {

std::string times(std::size_t count, std::string_view piece) {
    std::string text;
    while (count-- > 0) text += piece;
    return text;
}

// The default alphabet as the standard numbers it (3GPP TS 23.038, 6.2.1), written down again as code points
// so that the table is judged by something else than itself. 0x1B is the escape.
constexpr char32_t kStandard[128] = {
    0x40,  0xA3, 0x24,  0xA5,  0xE8,  0xE9,  0xF9,  0xEC,  0xF2,  0xC7,  0x0A,  0xD8, 0xF8, 0x0D, 0xC5, 0xE5,
    0x394, 0x5F, 0x3A6, 0x393, 0x39B, 0x3A9, 0x3A0, 0x3A8, 0x3A3, 0x398, 0x39E, 0x1B, 0xC6, 0xE6, 0xDF, 0xC9,
    0x20,  0x21, 0x22,  0x23,  0xA4,  0x25,  0x26,  0x27,  0x28,  0x29,  0x2A,  0x2B, 0x2C, 0x2D, 0x2E, 0x2F,
    0x30,  0x31, 0x32,  0x33,  0x34,  0x35,  0x36,  0x37,  0x38,  0x39,  0x3A,  0x3B, 0x3C, 0x3D, 0x3E, 0x3F,
    0xA1,  0x41, 0x42,  0x43,  0x44,  0x45,  0x46,  0x47,  0x48,  0x49,  0x4A,  0x4B, 0x4C, 0x4D, 0x4E, 0x4F,
    0x50,  0x51, 0x52,  0x53,  0x54,  0x55,  0x56,  0x57,  0x58,  0x59,  0x5A,  0xC4, 0xD6, 0xD1, 0xDC, 0xA7,
    0xBF,  0x61, 0x62,  0x63,  0x64,  0x65,  0x66,  0x67,  0x68,  0x69,  0x6A,  0x6B, 0x6C, 0x6D, 0x6E, 0x6F,
    0x70,  0x71, 0x72,  0x73,  0x74,  0x75,  0x76,  0x77,  0x78,  0x79,  0x7A,  0xE4, 0xF6, 0xF1, 0xFC, 0xE0};
constexpr char32_t kExtended[] = {0x0C, 0x5E, 0x7B, 0x7D, 0x5C, 0x5B, 0x7E, 0x5D, 0x7C, 0x20AC};

TEST(Alphabet, EveryCharacterOfTheStandardAndNoOther) {
    std::map<char32_t, int> expected;
    for (const char32_t c : kStandard)
        if (c != 0x1B) expected[c] = 1;
    for (const char32_t c : kExtended) expected[c] = 2;
    ASSERT_EQ(expected.size(), 137u);
    for (char32_t c = 0; c < 0x11000; ++c) {
        const auto found = expected.find(c);
        EXPECT_EQ(septetsOf(c), found == expected.end() ? 0 : found->second)
            << "U+" << std::hex << unsigned(c);
    }
}

TEST(Alphabet, Utf8ThereAndBackAndNoCrashOnBrokenBytes) {
    const std::string text = "aé€\U0001F44D\u0939";
    EXPECT_EQ(encode(decode(text)), text);
    EXPECT_EQ(decode("\xC3"), std::u32string(1, 0xFFFD));
    EXPECT_EQ(decode("\xED\xA0\x80").size(), 3u) << "a surrogate is no character";
    EXPECT_EQ(decode("\xC0\xAF").size(), 2u) << "an overlong form is no character";
    Random random(7);
    for (int round = 0; round < 2000; ++round) {
        std::string bytes;
        for (auto n = random.below(40); n > 0; --n) bytes += static_cast<char>(random.below(256));
        const auto mended = encode(decode(bytes));
        EXPECT_TRUE(isUtf8(mended));
        EXPECT_EQ(isUtf8(bytes), mended == bytes);
    }
}

struct Case {
    const char* about;
    std::string text;
    std::string_view encoding;
    std::size_t segments, units;
};

TEST(Segments, Boundaries) {
    const std::string thumb = "\U0001F44D";
    const std::vector<Case> cases{
        {"an empty text is an empty message", "", "GSM-7", 1, 0},
        {"one character", "a", "GSM-7", 1, 1},
        {"160 septets travel alone", times(160, "a"), "GSM-7", 1, 160},
        {"161 do not", times(161, "a"), "GSM-7", 2, 161},
        {"two full segments", times(306, "a"), "GSM-7", 2, 306},
        {"one more", times(307, "a"), "GSM-7", 3, 307},
        {"80 euros travel alone", times(80, "€"), "GSM-7", 1, 160},
        {"an escape at 160", times(159, "a") + "€", "GSM-7", 2, 161},
        {"an escape pair across 153 goes to the next", times(152, "a") + "€" + times(152, "a"), "GSM-7", 3,
         306},
        {"an escape pair that fits", times(151, "a") + "€" + times(153, "a"), "GSM-7", 2, 306},
        {"braces cost two", "{}", "GSM-7", 1, 4},
        {"70 units travel alone", times(70, "ह"), "UCS-2", 1, 70},
        {"71 do not", times(71, "ह"), "UCS-2", 2, 71},
        {"two full", times(134, "ह"), "UCS-2", 2, 134},
        {"one more", times(135, "ह"), "UCS-2", 3, 135},
        {"one emoji makes all of it UCS-2", times(69, "a") + thumb, "UCS-2", 2, 71},
        {"35 emoji travel alone", times(35, thumb), "UCS-2", 1, 70},
        {"36 emoji: 33 and 3", times(36, thumb), "UCS-2", 2, 72},
        {"67 emoji: 33, 33, 1, though 134 units would fit in two", times(67, thumb), "UCS-2", 3, 134},
        {"a pair across 67 goes to the next", times(66, "a") + thumb + times(66, "a"), "UCS-2", 3, 134},
        {"a pair that fits", times(65, "a") + thumb + times(67, "a"), "UCS-2", 2, 134},
        {"in UCS-2 a euro is one unit", "€ह", "UCS-2", 1, 2},
        {"a small c with cedilla is not in the alphabet", "ç", "UCS-2", 1, 1},
        {"a capital one is", "Ç", "GSM-7", 1, 1},
        {"a tab is not", "\t", "UCS-2", 1, 1},
        {"line ends are", "\r\n", "GSM-7", 1, 2},
    };
    for (const auto& [about, text, encoding, segments, units] : cases) {
        const auto measured = measure(text);
        EXPECT_EQ(nameOf(measured.encoding), encoding) << about;
        EXPECT_EQ(measured.segments(), segments) << about;
        EXPECT_EQ(measured.units, units) << about;
    }
}

TEST(Segments, EveryCutIsBetweenCharactersAndNoSegmentIsTooLong) {
    Random random(11);
    const std::vector<std::string> gsm{"a", "€", "~", "é", " "},
        wide{"a", "\U0001F44D", "ह", "€", "\U0001F64F"};
    for (int round = 0; round < 3000; ++round) {
        const auto& letters = round % 2 == 0 ? gsm : wide;
        std::string text;
        for (auto n = random.below(500); n > 0; --n) text += letters[random.below(letters.size())];
        const auto whole = measure(text);
        std::size_t units = 0;
        for (std::size_t i = 0; i < whole.cuts.size(); ++i) {
            const auto end = i + 1 < whole.cuts.size() ? whole.cuts[i + 1] : text.size();
            const auto piece = text.substr(whole.cuts[i], end - whole.cuts[i]);
            ASSERT_TRUE(isUtf8(piece));
            std::size_t here = 0;
            for (const char32_t c : decode(piece))
                here += whole.encoding == Encoding::gsm7 ? static_cast<std::size_t>(septetsOf(c))
                        : c > 0xFFFF                     ? 2
                                                         : 1;
            const std::size_t room = whole.encoding == Encoding::gsm7 ? (whole.cuts.size() == 1 ? 160 : 153)
                                                                      : (whole.cuts.size() == 1 ? 70 : 67);
            ASSERT_LE(here, room);
            const bool last = i + 1 == whole.cuts.size();
            ASSERT_TRUE(last || here + 1 >= room) << "a segment was left half empty";
            units += here;
        }
        ASSERT_EQ(units, whole.units);
    }
}

TEST(Manners, StraightensOnlyWhenItSaves) {
    EXPECT_EQ(straighten("“Hi” – it’s Katie…"), "\"Hi\" - it's Katie...");
    EXPECT_EQ(straighten("नमस्ते – “Hi”"), "नमस्ते – “Hi”") << "stays UCS-2 anyway";
    EXPECT_EQ(straighten("a\u00A0b\u200Bc"), "a bc");
    EXPECT_EQ(straighten("plain"), "plain");
}

TEST(Manners, FirstMessageSaysWhoAndHowToOptOut) {
    Draft draft{.text = " Is now a bad time? ",
                .senderName = "Acme Solar",
                .language = "en",
                .first = true,
                .optOut = true};
    EXPECT_EQ(dress(draft), "Acme Solar: Is now a bad time? Reply STOP to opt out");
    draft.text = "Katie from ACME SOLAR here";
    EXPECT_EQ(dress(draft), "Katie from ACME SOLAR here - Reply STOP to opt out");
    draft.text = "Acme Solar here. Text STOP to end.";
    EXPECT_EQ(dress(draft), draft.text) << "says it already";
    draft.text = "Acme Solar: don't STOPOVER.";
    EXPECT_EQ(dress(draft), draft.text + " Reply STOP to opt out") << "that is another word";
    draft.optOut = false;
    EXPECT_EQ(dress(draft), draft.text);
    draft.first = false;
    draft.optOut = true;
    draft.text = "Thursday then?";
    EXPECT_EQ(dress(draft), "Thursday then?");
}

TEST(Manners, EachLanguageHasItsOwnFooter) {
    std::set<std::string_view> footers;
    for (const auto* language : {"en", "hi", "es", "fr", "de", "pt"}) {
        const auto footer = optOutFooter(language, false);
        EXPECT_NE(footer.find("STOP"), std::string_view::npos) << language;
        EXPECT_TRUE(footers.insert(footer).second) << language;
        EXPECT_EQ(measure(optOutFooter(language, true)).encoding, Encoding::gsm7) << language;
    }
    EXPECT_EQ(optOutFooter("hi-IN", false), optOutFooter("hi", false));
    EXPECT_EQ(optOutFooter("ES_mx", false), optOutFooter("es", false));
    EXPECT_EQ(optOutFooter("xx", false), optOutFooter("en", false));
    EXPECT_EQ(optOutFooter("", false), optOutFooter("en", false));
}

TEST(Manners, KeywordsAreSignalsOnlyWhenTheyAreAllOfTheText) {
    const std::vector<std::pair<const char*, std::vector<std::string>>> cases{
        {"STOP", {"stop"}},
        {"  stop!! ", {"stop"}},
        {"Opt-out", {"stop"}},
        {"\"Unsubscribe.\"", {"stop"}},
        {"stop all", {"stop"}},
        {"start", {"start"}},
        {"Help?", {"help"}},
        {"info", {"help"}},
        {"can't stop thinking about it", {}},
        {"end of the month works", {}},
        {"cancel my Tuesday slot", {}},
        {"stop by on Tuesday", {}},
        {"yes", {}},
        {"", {}},
        {"stopp", {}},
        {"ENDE", {}},
        {"höstop", {}}};
    for (const auto& [text, signals] : cases) EXPECT_EQ(signalsOf(text), signals) << text;
}

class ChannelTest : public ::testing::Test {
protected:
    static constexpr sdk::Call kCall{1000};
    Channel channel{sdk::Json::object()};
};

TEST_F(ChannelTest, ComposesOnePartWithItsMeasure) {
    const auto answer = channel.compose({{"text", "It’s Katie. Is now a bad time?"},
                                         {"first", true},
                                         {"sender_name", "Acme Solar"},
                                         {"language", "en"},
                                         {"opt_out", true}},
                                        kCall);
    ASSERT_EQ(answer.outcome, sdk::Outcome::ok) << answer.message;
    const std::string text = "Acme Solar: It's Katie. Is now a bad time? Reply STOP to opt out";
    EXPECT_EQ(
        answer.document,
        (sdk::Json{
            {"text", text},
            {"segments", 1},
            {"parts", {{{"text", text}, {"encoding", "GSM-7"}, {"segments", 1}, {"units", text.size()}}}}}));
}

TEST_F(ChannelTest, APictureIsALinkToIt) {
    const auto said = [&](const char* text) {
        return channel.compose({{"text", text}}, kCall).document["text"].get<std::string>();
    };
    EXPECT_EQ(said("Look: ![our roof](https://brightroof.example/p.png) Nice?"),
              "Look: our roof: https://brightroof.example/p.png Nice?");
    EXPECT_EQ(said("![](https://a.example/1.png) ![two](http://a.example/2.png)"),
              "https://a.example/1.png two: http://a.example/2.png");
    for (const char* other : {"![a](ftp://a.example)", "![a] (https://a.example)", "![a](https://a b)", "!["})
        EXPECT_EQ(said(other), other);
}

TEST_F(ChannelTest, StraighteningCanBeSwitchedOff) {
    const auto answer = Channel(sdk::Json{{"straighten", false}}).compose({{"text", "It’s me"}}, kCall);
    EXPECT_EQ(answer.document["text"], "It’s me");
    EXPECT_EQ(answer.document["parts"][0]["encoding"], "UCS-2");
}

TEST_F(ChannelTest, RefusesWhatCannotBeSent) {
    EXPECT_EQ(channel.compose({{"text", " \n"}}, kCall).outcome, sdk::Outcome::invalid);
    EXPECT_EQ(channel.compose({{"words", "x"}}, kCall).outcome, sdk::Outcome::invalid);
    const auto tooLong = channel.compose({{"text", times(1601, "é")}}, kCall);
    EXPECT_EQ(tooLong.outcome, sdk::Outcome::invalid);
    EXPECT_EQ(tooLong.message, "the text has 1601 characters; one message may have 1600");
    EXPECT_EQ(channel.compose({{"text", times(1600, "é")}}, kCall).outcome, sdk::Outcome::ok);
}

TEST_F(ChannelTest, ReadsMeasuresAndIsAlwaysOpen) {
    EXPECT_EQ(channel.read({{"text", "\u00A0 Stop. \n"}}, kCall).document,
              (sdk::Json{{"text", "Stop."}, {"signals", {"stop"}}}));
    EXPECT_EQ(channel.measure({{"text", "“"}}, kCall).document,
              (sdk::Json{{"encoding", "UCS-2"}, {"segments", 1}, {"units", 1}}))
        << "measured as it stands";
    EXPECT_EQ(channel.window({{"to", "+15555550100"}}, kCall).document, (sdk::Json{{"allow", "free"}}));
}

TEST_F(ChannelTest, StrangeRequestsAreAnsweredNotFatal) {
    for (const auto& request : {sdk::Json{{"text", 7}}, sdk::Json{{"text", nullptr}}, sdk::Json::object()}) {
        EXPECT_EQ(channel.compose(request, kCall).outcome, sdk::Outcome::invalid);
        EXPECT_EQ(channel.read(request, kCall).outcome, sdk::Outcome::invalid);
        EXPECT_EQ(channel.measure(request, kCall).outcome, sdk::Outcome::invalid);
    }
}

}  // namespace
}  // namespace overture::sms
