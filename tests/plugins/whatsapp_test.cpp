#include <gtest/gtest.h>

#include "base/json.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "channel.hpp"
#include "choices.hpp"
#include "format.hpp"
#include "numbers.hpp"

namespace overture::whatsapp {
namespace {

using sdk::Answer;
using sdk::Outcome;

constexpr sdk::Call kCall{1000};
const char* kNow = "2026-03-03T17:00:00Z";

Channel channel(const Json& settings = Json::object()) {
    return Channel(settings);
}
Json window(const Json& more, const char* to = "+442071838750") {
    Json request{{"to", to}, {"now", kNow}};
    request.update(more);
    const auto answer = channel().window(request, kCall);
    EXPECT_EQ(answer.outcome, Outcome::ok) << answer.message;
    return answer.document;
}
Answer composed(const Json& request) {
    try {
        return channel().compose(request, kCall);
    } catch (const sdk::Refused& refused) {
        return Answer::no(refused.outcome, refused.what());
    }
}

TEST(WhatsAppWindow, ADayAfterThePersonsMessageAndNotASecondLonger) {
    const auto open = window({{"last_inbound_at", "2026-03-03T16:59:00Z"}});
    EXPECT_EQ(open["allow"], "free");
    EXPECT_EQ(open["until"], "2026-03-04T16:59:00Z");
    EXPECT_EQ(window({{"last_inbound_at", "2026-03-02T17:01:01Z"}})["allow"], "free");
    EXPECT_EQ(window({{"last_inbound_at", "2026-03-02T17:01:00Z"}})["allow"], "template")
        << "a minute is left for the way";
    EXPECT_EQ(window({{"last_inbound_at", "2026-03-01T17:00:00Z"}})["allow"], "template");
    EXPECT_EQ(window(Json::object())["allow"], "template") << "who never wrote";
    EXPECT_EQ(window({{"last_inbound_at", "yesterday"}})["allow"], "template") << "no proof, no window";
    EXPECT_EQ(channel().window({{"to", "+442071838750"}}, kCall).outcome, Outcome::invalid);
}

TEST(WhatsAppWindow, NoMarketingTemplatesToTheUnitedStates) {
    const auto shut = window({{"purpose", "marketing"}}, "+12025550100");
    EXPECT_EQ(shut["allow"], "nothing");
    EXPECT_NE(shut["why"].get<std::string>().find("United States"), std::string::npos);
    EXPECT_EQ(window({{"purpose", "service"}}, "+12025550100")["allow"], "template");
    EXPECT_EQ(window({{"purpose", "marketing"}}, "+14165550100")["allow"], "template") << "Toronto";
    EXPECT_EQ(window({{"purpose", "marketing"}, {"last_inbound_at", "2026-03-03T16:00:00Z"}},
                     "+12025550100")["allow"],
              "free");
}

/// The engine's own table of area codes is the judge.
TEST(WhatsAppWindow, EveryAreaCodeIsOfTheRightCountry) {
    int seen = 0;
    for (const auto& line :
         split(readFile(std::string(OVERTURE_SOURCE_DIR) + "/core/compliance/data/nanp.csv"), '\n')) {
        if (line.empty() || line.starts_with('#')) continue;
        const auto cells = split(line, ';');
        for (const auto& code : split(cells.at(2), ' ')) {
            EXPECT_EQ(isOfTheUnitedStates("+1" + code + "5550100"), cells[0].starts_with("US")) << code;
            ++seen;
        }
    }
    EXPECT_GT(seen, 400);
    EXPECT_FALSE(isOfTheUnitedStates("+442071838750"));
    EXPECT_FALSE(isOfTheUnitedStates("+1"));
}

TEST(WhatsAppText, MarkdownBecomesItsOwnMarks) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"**bold** and *italic* and ~~gone~~", "*bold* and _italic_ and ~gone~"},
        {"__bold__, _italic_", "*bold*, _italic_"},
        {"**bold with *italic* inside**", "*bold with _italic_ inside*"},
        {"# Our offer\r\nText", "*Our offer*\nText"},
        {"* one\n* two\n- three", "- one\n- two\n- three"},
        {"1. one\n2. two", "1. one\n2. two"},
        {"see [our page](https://acme.example/a_b_c) now", "see our page (https://acme.example/a_b_c) now"},
        {"[https://acme.example](https://acme.example)", "https://acme.example"},
        {"![roof](https://acme.example/roof.jpg)", "https://acme.example/roof.jpg"},
        {"https://acme.example/a*b*c", "https://acme.example/a*b*c"},
        {"5 * 3 * 2 and a_b_c and 2**8", "5 * 3 * 2 and a_b_c and 2**8"},
        {"`*code*` and\n```\n**code**\n```", "`*code*` and\n```\n**code**\n```"},
        {"\\*not bold\\*", "*not bold*"},
        {"[not a link] (really)", "[not a link] (really)"},
        {"#hashtag", "#hashtag"},
        {"नमस्ते **आशा**", "नमस्ते *आशा*"}};
    for (const auto& [given, wanted] : cases) EXPECT_EQ(formatted(given), wanted);
}

TEST(WhatsAppText, IsComposedAndHeldToItsLength) {
    const auto answer = composed({{"text", "  Hello **Asha**  "}, {"first", true}, {"opt_out", true}});
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document["text"], "Hello *Asha*");
    EXPECT_EQ(answer.document["parts"],
              (Json::array(
                  {{{"text", "Hello *Asha*"}, {"encoding", "WhatsApp"}, {"segments", 1}, {"units", 12}}})));
    std::string longest;
    for (int i = 0; i < 4096; ++i) longest += "é";
    EXPECT_EQ(composed({{"text", longest}}).outcome, Outcome::ok);
    EXPECT_EQ(composed({{"text", longest + "é"}}).outcome, Outcome::invalid);
    for (const auto* bad : {"", "  \n"}) EXPECT_EQ(composed({{"text", bad}}).outcome, Outcome::invalid);
    EXPECT_EQ(composed({{"text", "\xFF"}}).outcome, Outcome::invalid);
    EXPECT_EQ(composed({{"text", 7}}).outcome, Outcome::invalid);
}

TEST(WhatsAppText, OnePictureIsShownAndMoreAreLinks) {
    const auto shown = [](const std::string& text) {
        return composed({{"text", text}}).document["parts"][0];
    };
    const auto part = shown("![our roof](https://brightroof.example/p.JPG?x=1)\nThis is **ours**.");
    EXPECT_EQ(part["text"], "This is *ours*.");
    EXPECT_EQ(part["media"],
              (Json::array({{{"url", "https://brightroof.example/p.JPG?x=1"}, {"kind", "image"}}})));
    EXPECT_EQ(shown("![our roof](https://a.example/p.png)")["text"], "our roof") << "there is always a text";
    EXPECT_EQ(shown("![offer](https://a.example/offer.pdf)")["media"][0]["kind"], "document");
    for (const std::string link :
         {"![a](http://a.example/p.png)", "![a](https://a.example/p.gif)", "![](https://a.example/p.png)",
          "![a](https://a.example/1.png) ![b](https://a.example/2.png)"}) {
        EXPECT_FALSE(shown(link).contains("media")) << link;
        EXPECT_NE(shown(link)["text"].get<std::string>().find("://a.example/"), std::string::npos);
    }
    EXPECT_FALSE(shown("![a](https://a.example/p.png) " + std::string(1100, 'x')).contains("media"));
    const Json choices = Json::array({{{"id", "a"}, {"title", "One"}}});
    EXPECT_FALSE(composed({{"text", "![a](https://a.example/p.png) One?"}, {"choices", choices}})
                     .document["parts"][0]
                     .contains("media"));
}

TEST(WhatsAppTemplates, GoAsTheyWereApproved) {
    const auto answer = composed(
        {{"text", "Hi Asha, *Katie* of Bright & Roof here."},
         {"template",
          {{"name", "roof_hello"}, {"language", "pt-BR"}, {"variables", {"Asha", " Bright &\n\t Roof "}}}},
         {"choices", {{{"id", "a"}, {"title", "A"}}}}});
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    const auto part = answer.document["parts"][0];
    EXPECT_EQ(part["text"], "Hi Asha, *Katie* of Bright & Roof here.") << "approved words are not formatted";
    EXPECT_EQ(
        part["template"],
        (Json{{"name", "roof_hello"}, {"language", "pt_BR"}, {"variables", {"Asha", "Bright & Roof"}}}));
    EXPECT_FALSE(part.contains("choices"));
}

TEST(WhatsAppTemplates, WhatNoCarrierWouldTakeIsRefusedHere) {
    const Json good{{"name", "roof_hello"}, {"language", "en"}, {"variables", {"Asha"}}};
    const auto with = [&](const char* key, const Json& value) {
        auto bad = good;
        bad[key] = value;
        return composed({{"text", "Hi Asha"}, {"template", bad}});
    };
    EXPECT_EQ(composed({{"text", "Hi Asha"}, {"template", good}}).outcome, Outcome::ok);
    for (const auto& name :
         {Json(""), Json("roof hello"), Json(7), Json("roof/../hello"), Json(std::string(513, 'a'))})
        EXPECT_EQ(with("name", name).outcome, Outcome::invalid) << name;
    for (const auto& language : {Json(""), Json("e"), Json("en US"), Json(std::string(16, 'a'))})
        EXPECT_EQ(with("language", language).outcome, Outcome::invalid) << language;
    for (const auto& variable : {Json(""), Json(" \n "), Json(7), Json(nullptr)})
        EXPECT_EQ(with("variables", Json::array({"Asha", variable})).outcome, Outcome::invalid) << variable;
    EXPECT_EQ(composed({{"text", "Hi"}, {"template", "roof_hello"}}).outcome, Outcome::invalid);
    EXPECT_EQ(composed({{"text", std::string(1025, 'a')}, {"template", good}}).outcome, Outcome::invalid);
}

Json times(std::initializer_list<const char*> titles) {
    Json all = Json::array();
    for (const auto* title : titles) all.push_back({{"id", std::string("id of ") + title}, {"title", title}});
    return all;
}

TEST(WhatsAppChoices, AreButtonsOrAListOrWordsAlone) {
    const auto few = shownChoices(times({"Tue 10:00 AM", "Wed 11:00 AM"}), "Which?", "en");
    EXPECT_EQ(few, (Json{{"kind", "buttons"},
                         {"items",
                          {{{"id", "id of Tue 10:00 AM"}, {"title", "Tue 10:00 AM"}},
                           {{"id", "id of Wed 11:00 AM"}, {"title", "Wed 11:00 AM"}}}}}));
    const auto longer = shownChoices(
        times({"Wed 15 Sep, 10:00 AM GMT+5:30", "Wed 15 Sep, 11:00 AM GMT+5:30"}), "Which?", "es-MX");
    EXPECT_EQ(longer["kind"], "list");
    EXPECT_EQ(longer["button"], "Elegir");
    EXPECT_EQ(longer["items"][0], (Json{{"id", "id of Wed 15 Sep, 10:00 AM GMT+5:30"},
                                        {"title", "Wed 15 Sep, 10:00 AM"},
                                        {"description", "GMT+5:30"}}));
    EXPECT_EQ(shownChoices(times({"a", "b", "c", "d"}), "Which?", "en")["kind"], "list");
    EXPECT_TRUE(shownChoices(times({}), "Which?", "en").is_null());
    EXPECT_TRUE(shownChoices(times({"a", "a"}), "Which?", "en").is_null()) << "which is which?";
    EXPECT_TRUE(
        shownChoices(times({"one very same start of a title, a", "one very same start of a title, b"}),
                     "Which?", "en")
            .is_null());
    EXPECT_TRUE(shownChoices(times({"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"}), "Which?", "en")
                    .is_null());
    EXPECT_TRUE(shownChoices(times({"a"}), std::string(1025, 'x'), "en").is_null());
    EXPECT_TRUE(shownChoices(times({"averyveryverylongwordthatcannotbecut"}), "Which?", "en").is_null());
    EXPECT_TRUE(shownChoices("a", "Which?", "en").is_null());
    EXPECT_EQ(
        composed({{"text", "Which?"}, {"choices", times({"a"})}}).document["parts"][0]["choices"]["kind"],
        "buttons");
    EXPECT_FALSE(composed({{"text", "Which?"}, {"choices", 7}}).document["parts"][0].contains("choices"));
}

TEST(WhatsAppText, AnythingAtAllCanBeFormatted) {
    static const std::vector<std::string> kPieces{
        "*",  "**", "_", "__", "~~", "`",  "```", "[",        "]",  "(",  ")", "!",  "\\", "#",     " ",
        "\n", "\r", "a", "é",  "क",  "](", "1.",  "https://", "- ", "+ ", "😀", "> ", "\t", "word ", "\x01"};
    Random random(7);
    for (int round = 0; round < 20000; ++round) {
        std::string text;
        const auto length = random.below(60);
        for (std::uint64_t i = 0; i < length; ++i) text += kPieces[random.below(kPieces.size())];
        const auto once = formatted(text);
        EXPECT_TRUE(isUtf8(once)) << text;
        EXPECT_LE(once.size(), text.size() + 8 * length + 2) << text;
    }
    EXPECT_NO_THROW(formatted(std::string(8000, '*')));
    EXPECT_NO_THROW(formatted(std::string(8000, '[')));
}

TEST(WhatsAppReading, GivesTheWordsBack) {
    EXPECT_EQ(channel().read({{"text", " Stop \n"}}, kCall).document["text"], "Stop");
    EXPECT_EQ(channel().read({{"text", 1}}, kCall).outcome, Outcome::invalid);
    EXPECT_EQ(channel().measure({{"text", "é😀"}}, kCall).document["units"], 2);
}

}  // namespace
}  // namespace overture::whatsapp
