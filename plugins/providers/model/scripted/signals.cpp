#include "signals.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "words.hpp"

namespace overture::scripted {
namespace {

using Phrases = std::vector<std::string_view>;

// clang-format off
const Phrases kYes{
    "yes", "yeah", "yep", "yup", "ya", "sure", "ok", "okay", "okey", "k", "alright", "all right", "fine", "of course", "go ahead", "go on", "ask away", "ask",
    "happy to", "sounds good", "sounds great", "works for me", "works", "why not", "definitely", "absolutely", "certainly", "correct", "i do", "i would", "i am",
    "that's me", "thats me", "please do", "book it", "perfect", "great", "shoot", "no problem", "no worries", "you may", "you can", "what is it",
    "what about it", "what do you want to know", "tell me more", "it's ours", "we do", "both of us", "we decide", "keep it", "confirmed", "confirm", "agreed", "deal",
    "haan", "han", "haanji", "haan ji", "ji", "ji haan", "ji han", "theek hai", "thik hai", "theek", "bilkul", "zaroor", "zarur", "sahi hai", "poochiye", "puchiye", "poochho",
    "bataiye", "हाँ", "हां", "जी", "जी हाँ", "ठीक है", "ठीक", "बिल्कुल", "ज़रूर", "जरूर", "पूछिए", "पूछो", "सही है", "बताइए", "si", "sí", "claro", "vale", "por supuesto", "de acuerdo"};
const std::set<std::string> kNoFirst{"no", "nope", "nah", "nahi", "nahin", "nhi", "नहीं", "नही", "ना", "never", "negative"};
const Phrases kNo{"not really", "no thanks", "no thank you", "i don't", "i dont", "we don't", "i do not", "i wouldn't", "i'm not", "i am not", "it's not", "it isn't", "don't", "do not",
                  "nahi", "nahin", "nhi", "नहीं", "नही", "mat", "मत", "my landlord", "someone else", "somebody else", "my boss does", "not me", "not mine"};
const Phrases kUnsure{"not sure", "don't know", "dont know", "no idea", "maybe", "perhaps", "i guess", "pata nahi", "पता नहीं", "शायद", "shayad"};
const Phrases kDeclines{"not interested", "isn't interested", "no interest", "no thanks", "no thank you", "not for me", "not for us", "we are fine", "we're fine", "i'm good", "im good",
                        "we're good", "don't want", "dont want", "do not want", "don't need", "dont need", "do not need", "no need", "leave me alone", "pass on this", "hard pass",
                        "not looking", "interested nahi", "nahi chahiye", "nahin chahiye", "नहीं चाहिए", "रुचि नहीं", "इंटरेस्ट नहीं", "no me interesa", "no gracias"};
const Phrases kLater{"not now", "not right now", "not today", "another year", "next year", "later", "some other time", "another time", "bad time", "busy", "in a few months", "in a while",
                     "abhi nahi", "abhi nahin", "baad mein", "baad me", "अभी नहीं", "बाद में", "mas tarde", "más tarde", "ahora no"};
const Phrases kWrong{"wrong number", "wrong person", "not the right person", "nobody of that name", "no one of that name", "nobody by that name", "no one by that name", "nobody here by",
                     "don't know who that is", "left that company", "left the company", "no longer work", "don't work there", "i am not him", "i am not her", "galat number", "गलत नंबर", "ग़लत नंबर",
                     "galat aadmi", "numero equivocado", "número equivocado"};
const Phrases kPerson{"real person", "real human", "a human", "an actual person", "actual human", "live agent", "a representative", "speak to a person", "talk to a person", "speak with a person",
                      "talk with a person", "talk to someone", "speak to someone", "speak with someone", "talk to somebody", "speak to somebody", "somebody call", "someone call", "person call",
                      "have somebody", "have someone", "talk to a manager", "speak to a manager", "talk to your manager", "speak to your manager", "your manager", "customer service",
                      "insaan se", "kisi se baat", "kisi insaan", "इंसान से", "किसी से बात", "hablar con una persona", "hablar con alguien"};
const Phrases kBot{"a bot", "a robot", "an ai", "are you human", "are you real", "are you a human", "are you a real person", "is this a real person", "is this automated", "are you automated", "a machine",
                   "a computer", "chatbot", "bot ho", "robot ho", "बॉट", "रोबोट", "eres un bot", "es un bot"};
const Phrases kInterested{"interested", "changed my mind", "change my mind", "tell me more", "let's talk", "lets talk", "let's do it", "go ahead", "ask away", "i'd like to", "i would like to", "i want to",
                          "sign me up", "count me in", "what do you want to know", "what about it", "what is it", "how does it work", "more information", "more info", "batao", "बताइए", "me interesa"};
const Phrases kOtherTime{"another time", "different time", "other time", "other times", "reschedule", "change the time", "can't make it", "cannot make it", "cant make it", "doesn't work", "does not work",
                         "doesn't suit", "does not suit", "don't work", "do not work", "don't suit", "none of those", "none of them", "none of these", "neither", "another day", "different day", "some other day", "move the meeting", "move it",
                         "koi aur samay", "dusra samay", "doosra samay", "दूसरा समय", "समय बदल", "otra hora", "otro día"};
const Phrases kCancels{"cancel", "call it off", "cancelled", "have to cancel", "रद्द", "cancel kar", "cancelar"};
const Phrases kProblem{"problem", "problems", "issue", "broken", "not working", "doesn't work anymore", "never showed", "didn't show", "refund", "complaint", "complain", "crawling", "infested", "infestation",
                       "everywhere", "fix it", "fix this", "help me", "need help", "came back", "are back", "dikkat", "samasya", "समस्या", "दिक्कत", "शिकायत", "problema"};
const Phrases kAngry{"scam", "fraud", "refund", "complaint", "annoying", "ridiculous", "stop bothering", "leave me alone", "terrible", "awful", "angry", "useless", "spam", "waste of", "sick of", "fed up",
                     "never showed", "bakwas", "बकवास"};
const Phrases kThanks{"thanks", "thank you", "thx", "great", "perfect", "awesome", "wonderful", "appreciate", "happy to", "dhanyavaad", "shukriya", "धन्यवाद", "शुक्रिया", "gracias"};
// clang-format on

}  // namespace

Polarity polarityOf(std::string_view text) {
    const auto words = wordsOf(text);
    if (words.empty()) return Polarity::none;
    const auto all = plain(text);
    const bool polite = says(all, "no problem") || says(all, "no worries");
    if (kNoFirst.count(words.front()) && !polite) return Polarity::no;
    static const std::set<std::string> kYesFirst{"yes", "yeah", "yep", "yup", "sure", "haan", "han",
                                                 "ji",  "हाँ",   "हां",  "जी",  "sí",   "ok",   "okay"};
    if (kYesFirst.count(words.front()) && words.size() < 3) return Polarity::yes;
    static const std::set<std::string> kPlainYes{"yes", "yeah", "yep", "yup", "haan", "हाँ", "हां"};
    if (kPlainYes.count(words.front()) && !saysAny(all, kDeclines)) return Polarity::yes;
    if (saysAny(all, kDeclines)) return Polarity::no;
    if (saysAny(all, kUnsure)) return Polarity::none;
    if (saysAny(all, kNo)) return Polarity::no;
    return saysAny(all, kYes) ? Polarity::yes : Polarity::none;
}

Signals signalsIn(std::string_view text) {
    const auto all = plain(text);
    Signals signals;
    signals.polarity = polarityOf(text);
    signals.declines = saysAny(all, kDeclines);
    signals.later = saysAny(all, kLater);
    signals.wrongPerson = saysAny(all, kWrong);
    signals.asksForBot = saysAny(all, kBot) && text.find('?') != std::string_view::npos;
    signals.wantsPerson =
        saysAny(all, kPerson) && !(signals.asksForBot && !says(all, "call") && !says(all, "speak"));
    signals.interested = saysAny(all, kInterested) && !signals.declines;
    signals.otherTime = saysAny(all, kOtherTime);
    signals.cancels = saysAny(all, kCancels);
    signals.problem = saysAny(all, kProblem) && !says(all, "no problem");
    signals.angry = saysAny(all, kAngry);
    signals.thanks = saysAny(all, kThanks);
    return signals;
}

std::string languageOf(std::string_view text) {
    if (hasDevanagari(text)) return "hi";
    static const std::set<std::string> kHindi{
        "haan", "hai",      "hain",    "nahi",    "nahin", "nhi",     "kya",   "aap",   "mein",
        "ji",   "poochiye", "puchiye", "theek",   "thik",  "lagbhag", "bijli", "bahut", "karo",
        "hum",  "mera",     "mujhe",   "chahiye", "baad",  "abhi",    "kitna"};
    static const std::set<std::string> kSpanish{"sí",  "gracias", "claro",  "por",   "favor",
                                                "qué", "usted",   "quiero", "no",    "es",
                                                "el",  "la",      "una",    "hablar"};
    static const std::set<std::string> kEnglish{
        "the", "yes",    "i",      "you", "is",  "it",     "sure", "what",  "and",  "my",   "not",
        "we",  "please", "thanks", "a",   "to",  "that",   "this", "about", "are",  "have", "do",
        "go",  "ahead",  "can",    "but", "ask", "sounds", "good", "would", "it's", "ours"};
    int hindi = 0, spanish = 0, english = 0;
    for (const auto& word : wordsOf(text)) {
        hindi += static_cast<int>(kHindi.count(word));
        spanish += static_cast<int>(kSpanish.count(word));
        english += static_cast<int>(kEnglish.count(word));
    }
    if (hindi > 0 && hindi >= english) return "hi";
    if (spanish > 1 && spanish > english) return "es";
    return english > 1 ? "en" : "";
}

}  // namespace overture::scripted
