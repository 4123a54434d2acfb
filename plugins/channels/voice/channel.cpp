#include "channel.hpp"

#include <algorithm>
#include <array>

#include "overture/documents.hpp"
#include "spoken.hpp"
#include "words.hpp"

namespace overture::voice {

using sdk::Answer;
using sdk::Json;
using sdk::Outcome;
using sdk::textOf;

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return c < 0x80 ? std::tolower(c) : c; });
    return out;
}

/// One of the phrases, as words of their own.
bool says(std::string_view sentence, const Words& phrases) {
    std::string words = " ";
    for (const char c : lower(sentence)) {
        const bool part =
            static_cast<unsigned char>(c) >= 0x80 || std::isalnum(static_cast<unsigned char>(c)) != 0;
        if (part || words.back() != ' ') words += part ? c : ' ';
    }
    words += ' ';
    return std::any_of(phrases.begin(), phrases.end(), [&](const std::string& phrase) {
        const bool ascii = std::all_of(phrase.begin(), phrase.end(),
                                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
        return words.find(ascii ? " " + phrase + " " : phrase) != std::string::npos;
    });
}

bool hasDuty(const Json& request, std::initializer_list<const char*> names) {
    const auto& duties = sdk::listIn(request, "duties");
    return std::any_of(duties.begin(), duties.end(), [&](const Json& duty) {
        return std::find(names.begin(), names.end(), duty) != names.end();
    });
}

std::string filled(std::string text, const std::string& sender) {
    const std::string mark = "{sender}";
    if (const auto at = text.find(mark); at != std::string::npos) text.replace(at, mark.size(), sender);
    return text;
}

Json aloud(const Words& sentences, const Language& language) {
    auto all = Json::array();
    for (const auto& one : sentences)
        if (const auto said = saidAloud(one, language); !said.empty()) all.push_back(said);
    return all;
}

}  // namespace

Texts::Texts(const Json& settings) : longest_(settings.value("longest", std::size_t{1200})) {}

Answer Texts::window(const Json&, const sdk::Call&) {
    return Answer::ok({{"allow", "free"}});
}

/// What a rule asks to be said first stands in the sentences that may not be interrupted: those up to the last that says it, or one of our
/// own before them.
Answer Texts::compose(const Json& request, const sdk::Call&) {
    const auto text = textOf(request, "text");
    auto sentences = sentencesOf(text);
    if (sentences.empty()) return Answer::no(Outcome::invalid, "the text is empty");
    if (text.size() > longest_)
        return Answer::no(Outcome::invalid, "the text has " + std::to_string(text.size()) +
                                                " bytes; nobody listens to more than " +
                                                std::to_string(longest_) + " in a row");
    const auto& language = languageOf(textOf(request, "language"));
    std::size_t notice = 0;
    Words before;
    const auto settle = [&](const Words& phrases, const std::string& own) {
        for (std::size_t i = 0; i < sentences.size(); ++i)
            if (says(sentences[i], phrases)) {
                notice = std::max(notice, i + 1);
                return;
            }
        before.push_back(own);
    };
    if (hasDuty(request, {"say_ai", "announce_ai_voice"})) settle(language.machineWords, language.sayAi);
    if (hasDuty(request, {"recording_notice"})) settle(language.recordedWords, language.recorded);
    Words first(before);
    first.insert(first.end(), sentences.begin(), sentences.begin() + static_cast<std::ptrdiff_t>(notice));
    sentences.erase(sentences.begin(), sentences.begin() + static_cast<std::ptrdiff_t>(notice));
    std::string whole;
    for (const auto& one : before) whole += one + " ";
    whole += text;
    const Json part{{"text", whole},
                    {"encoding", "spoken"},
                    {"segments", 1},
                    {"units", whole.size()},
                    {"notice", aloud(first, language)},
                    {"says_recorded",
                     std::any_of(first.begin(), first.end(),
                                 [&](const std::string& one) { return says(one, language.recordedWords); })},
                    {"sentences", aloud(sentences, language)}};
    return Answer::ok({{"text", whole}, {"parts", Json::array({part})}, {"segments", 1}});
}

Answer Texts::read(const Json& request, const sdk::Call&) {
    const auto text = request.find("text");
    if (text == request.end() || !text->is_string())
        return Answer::no(Outcome::invalid, "the request has no \"text\"");
    return Answer::ok({{"text", *text}, {"signals", Json::array()}});
}

Answer Texts::measure(const Json& request, const sdk::Call&) {
    const auto text = request.find("text");
    if (text == request.end() || !text->is_string())
        return Answer::no(Outcome::invalid, "the request has no \"text\"");
    return Answer::ok({{"encoding", "spoken"}, {"segments", 1}, {"units", text->get<std::string>().size()}});
}

Answer Manners::manners(const Json& request, const sdk::Call&) {
    const auto& language = languageOf(textOf(request, "language"));
    const auto sender = textOf(request, "sender_name");
    return Answer::ok({{"language", language.code},
                       {"backchannels", language.backchannels},
                       {"greetings", language.greetings},
                       {"fillers", language.fillers},
                       {"clarify", language.clarify},
                       {"are_you_there", language.areYouThere},
                       {"goodbye", language.goodbye},
                       {"machine", language.machine},
                       {"screening", language.screening},
                       {"menu", language.menu},
                       {"nobody", sentencesOf(language.nobody)},
                       {"recorded", sentencesOf(language.recorded)},
                       {"unrecorded", sentencesOf(language.unrecorded)},
                       {"leave", sentencesOf(filled(language.leave, sender))},
                       {"who_calls", sentencesOf(filled(language.whoCalls, sender))}});
}

/// What a decent caller does: not at once again, not often, and a text where the phone is of no use.
Answer Manners::follow(const Json& request, const sdk::Call&) {
    const auto outcome = textOf(request, "outcome");
    const auto tries = sdk::numberOf(request, "tries");
    const auto then = [](const char* what, std::int64_t after, const std::string& why) {
        Json document{{"then", what}, {"why", why}};
        if (after > 0) document["after_seconds"] = after;
        return Answer::ok(document);
    };
    constexpr std::int64_t kHour = 3600, kDay = 86400;
    constexpr std::int64_t kMostTries = 3;
    const bool again = tries < kMostTries;
    if (outcome == "no_answer")
        return again ? then("again", kDay, "nobody answered") : then("text", 0, "nobody ever answers");
    if (outcome == "busy")
        return again ? then("again", kHour, "the line was busy") : then("text", 0, "the line is always busy");
    if (outcome == "failed" || outcome == "cancelled")
        return again ? then("again", kHour, "the call did not go through")
                     : then("text", 0, "calls do not go through");
    if (outcome == "message_left") return then("nothing", 0, "a message was left");
    if (outcome == "machine") return then("text", 0, "a machine answered");
    if (outcome == "screening") return then("text", 0, "calls are screened there");
    if (outcome == "menu") return then("person", 0, "a menu answered: this is a company's number");
    if (outcome == "fax") return then("close", 0, "a fax answered");
    if (outcome == "silent" || outcome == "no_sound")
        return again ? then("again", kDay, "nothing was to be heard")
                     : then("text", 0, "nothing is ever to be heard");
    if (outcome == "hung_up" || outcome == "completed") return then("nothing", 0, "it was a conversation");
    if (outcome == "loop") return then("person", 0, "the conversation went in circles");
    return then("person", 0, "an outcome that is not known: " + outcome.substr(0, 40));
}

Answer Manners::speak(const Json& request, const sdk::Call&) {
    const auto& language = languageOf(textOf(request, "language"));
    return Answer::ok({{"sentences", aloud(sentencesOf(textOf(request, "text")), language)}});
}

}  // namespace overture::voice
