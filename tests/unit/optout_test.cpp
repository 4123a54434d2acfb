// What people write to be left alone in six languages, and what only looks like it.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "compliance/optout.hpp"

namespace overture::compliance {
namespace {

void expectAll(OptOut wanted, const std::vector<const char*>& texts) {
    for (const auto* text : texts) {
        const auto verdict = checkOptOut(text);
        EXPECT_EQ(nameOf(verdict.verdict), nameOf(wanted)) << "\"" << text << "\": " << verdict.why;
        EXPECT_NE(verdict.why, "");
    }
}

// clang-format off
TEST(OptOut, WordsOfTheLaw) {
    expectAll(OptOut::optout,
              {"STOP", "stop", "Stop.", "STOP!!!", " stop \n", "\"STOP\"", "stopp", "Stooop", "S T O P", "s.t.o.p", "stop stop stop",
               "STOPALL", "stop all", "QUIT", "End", "REVOKE", "OPT OUT", "optout", "opt-out", "CANCEL", "Unsubscribe",
               "unsubscribe pls", "please unsubscribe", "Stop. Thank you", "stop please", "Please stop, thanks", "ok stop", "stop now",
               "ＳＴＯＰ", "unsub", "remove me", "cancel please", "Hi, please stop"});
}

TEST(OptOut, WhatAReasonablePersonTakesForOne) {
    expectAll(OptOut::optout,
              {"please stop texting me", "lose my number", "take me off your list", "don't text me again", "Don\u2019t text me again",
               "dont contact me anymore", "who is this? stop", "I said stop", "stop messaging me", "Stop calling this number",
               "quit texting me", "no more texts please", "remove my number from your list", "delete my number",
               "Please remove me from your mailing list", "I want to unsubscribe", "how do I unsubscribe?", "I'd like to opt out",
               "opt me out of these messages", "leave me alone", "f off", "F*** off", "fuck off", "go away", "I'll sue you",
               "reported as spam", "I'm reporting you to the FTC", "this is harassment", "I've blocked your number",
               "do not contact me", "Do not text this number again", "never text me again", "I do not want to receive these messages",
               "I don't want any more texts", "I no longer want to hear from you", "get me off this list", "you need to stop",
               "I asked you to stop", "can you stop texting me", "Could you please stop", "make it stop", "stop it already",
               "I revoke my consent", "cancel my subscription", "cease and desist", "my lawyer will be in touch",
               "I'm on the do not call list", "not interested, stop texting me", "Not interested. Remove me.",
               "wrong number, please take me off your list", "stop harassing me", "stop with the texts", "scrub my number",
               "stop sending me this crap", "please dont bother me again", "I would prefer not to be contacted",
               "Stop, I'm not interested", "STOP I already have solar", "you guys need to stop calling my phone",
               "knock it off", "hey quit bugging me", "forget my number", "please stop contacting us", "stop contacting me or I will sue",
               "I never signed up for this, take me off", "unsubscribe me from everything", "\U0001F595"});
}

TEST(OptOut, WhatOnlyLooksLikeOne) {
    expectAll(OptOut::none,
              {"can't stop thinking about it", "stop by on Tuesday", "end of the month works", "cancel my Tuesday slot", "no",
               "not interested", "No thanks", "nope", "who is this?", "I can stop by the office tomorrow",
               "You can stop by anytime", "please don't stop texting me", "don't stop now", "there's a bus stop near my house",
               "let's end the call by 5", "by the end of the day", "weekends are best", "week ends on Friday", "I quit my job last week",
               "my husband quit smoking", "can we cancel the appointment and do Thursday", "I need to cancel my meeting",
               "please cancel Thursday", "we could cancel our gas plan then", "remove the old panels?", "would you remove the old roof",
               "how do I get off the grid", "the rain won't stop", "non-stop rain here", "call me again later", "text me again tomorrow",
               "don't call me before 9", "don't text me while I'm at work, call after 5", "Why don't you call me tomorrow",
               "don't forget to text me", "it went to my spam folder", "I lost my number list", "take me through the numbers",
               "take the call off mute", "I'm not sure", "maybe later", "I'm busy right now", "stop worrying, I'll be there",
               "what's the end date?", "is there an end to end warranty", "the last stop on the line", "I'll be out until Monday",
               "I have to drive, leave me a message", "sounds good, stop over at 5", "can you start on Monday", "yes", "ok", "sure",
               "thanks", "please", "I don't text much, email is better", "block my calendar for 3pm", "my driveway is blocked",
               "We never stop by that area", "cancel it for Tuesday, Friday is better", "put me on your list", "add me to the list",
               "can you help me with my bill", "I need information about pricing", "opt for the bigger one", "I want to stop paying so much",
               "stop the leak first", "I stopped using gas", "no problem", "no worries", "not now", "not today", "we don't need a battery",
               "I do not want a loan, I'd pay cash", "what number should I call", "this is my work number", "I'll text you",
               "Let's not end up paying more", "so the savings never end?", "do you ever stop working haha", "quit your job lol? no",
               "my lawyer looked at the contract, looks fine", "Are you a robot?", "How did you get my number?", ""});
}

TEST(OptOut, HelpAndReturn) {
    expectAll(OptOut::help, {"help", "HELP!", "Help please", "info", "ayuda", "aide", "Hilfe", "ajuda", "मदद", "madad"});
    expectAll(OptOut::resubscribe, {"START", "unstop", "Start please", "subscribe", "resume", "opt in", "start texting me again",
                                    "sign me back up", "empezar", "शुरू करो", "shuru karo"});
}

TEST(OptOut, DoubtfulOnesGoToAPerson) {
    expectAll(OptOut::unsure, {"enough", "spam", "scam", "dnd", "I never signed up for this", "I'm done", "sick of these texts",
                               "too many messages", "रुको", "ya basta de esto", "told you no already", "wrong number",
                               "Sorry, you have the wrong person", "número equivocado", "mauvais numéro", "falsche Nummer", "número errado",
                               "galat number hai", "गलत नंबर", "don't text me, call me instead"});
}

TEST(OptOut, Spanish) {
    expectAll(OptOut::optout,
              {"ALTO", "Basta", "parar", "no me escriban más", "No me llame más por favor", "dejen de escribirme", "deje de llamarme",
               "quítenme de la lista", "Bórrame de su lista", "borre mi número", "no quiero recibir más mensajes", "no quiero más llamadas",
               "denme de baja", "quiero darme de baja", "déjenme en paz", "ya no me manden mensajes", "por favor no me contacten más",
               "ya no quiero recibir mensajes", "no me molesten", "voy a denunciarlos", "cancelen mi suscripción", "Baja por favor"});
    expectAll(OptOut::none,
              {"no puedo parar de pensar en eso", "para el martes está bien", "cancelar mi cita del jueves", "no me interesa",
               "no gracias", "a fin de mes", "no me llame antes de las 9", "el costo es muy alto", "no", "sí",
               "puede pasar por mi casa el lunes", "vivo en Palo Alto", "no me llames hoy, mañana sí", "de la baja california"});
}

TEST(OptOut, HindiInBothScripts) {
    expectAll(OptOut::optout,
              {"बंद करो", "मैसेज मत करो", "मुझे मैसेज मत भेजो", "मैसेज भेजना बंद करो", "कृपया मुझे कॉल मत कीजिए", "मेरा नंबर हटा दो",
               "मुझे लिस्ट से हटाओ", "परेशान मत करो", "मुझे मैसेज नहीं चाहिए", "दोबारा फोन मत करना", "स्टॉप", "फ़ोन करना बंद करें",
               "band karo", "message mat karo", "mujhe message mat bhejo", "msg bhejna band karo", "call mat karo dobara",
               "mera number delete karo", "mujhe list se hata do", "pareshan mat karo", "please message band kar do", "stop karo",
               "mujhe message nahi chahiye", "number hata do mera", "phone mat karna kabhi"});
    expectAll(OptOut::none,
              {"अभी कॉल मत करो", "कल फोन मत करना, परसों करना", "नहीं", "नहीं चाहिए", "ठीक है", "मेरी दुकान बंद है", "मीटिंग कैंसिल करो",
               "abhi call mat karo", "aaj phone mat karna, kal karna", "nahi", "nahi chahiye", "theek hai", "office band hai",
               "meeting cancel kar do", "interest nahi hai", "kal call karo", "mujhe message karo"});
}

TEST(OptOut, FrenchGermanPortuguese) {
    expectAll(OptOut::optout,
              {"ARRÊT", "Arrêtez", "arrêtez de m'écrire", "ne m'appelez plus", "Ne me contactez plus", "désabonnez-moi",
               "retirez-moi de votre liste", "supprimez mon numéro", "je ne veux plus recevoir de messages", "laissez-moi tranquille",
               "Stopp", "Abmelden", "Bitte keine Nachrichten mehr", "schreiben Sie mir nicht mehr", "rufen Sie mich nicht mehr an",
               "Löschen Sie meine Nummer", "Lassen Sie mich in Ruhe", "hören Sie auf", "Ich möchte mich abmelden", "nie wieder anrufen",
               "PARAR", "Sair", "pare de me mandar mensagens", "não me mande mais mensagens", "não quero receber mensagens",
               "me tire da lista", "remova meu número", "não me ligue mais", "me deixe em paz", "vou denunciar vocês"});
    expectAll(OptOut::none,
              {"je ne peux pas m'arrêter d'y penser", "à la fin du mois", "annuler mon rendez-vous de mardi", "pas intéressé",
               "ne m'appelez pas avant 9h", "l'arrêt de bus", "non", "oui", "Ende des Monats passt",
               "Kein Interesse", "bitte rufen Sie nicht vor 9 an", "den Termin am Dienstag absagen", "nein", "ja",
               "ich freue mich von Ihnen zu hören", "até o fim do mês", "cancelar minha reunião de terça", "não tenho interesse",
               "não", "sim", "não me ligue antes das 9", "para terça está bom", "não consigo parar de pensar nisso"});
}
// clang-format on

TEST(OptOut, AnswersToOurOwnQuestion) {
    EXPECT_EQ(checkOptOut("yes", "en", "Should I stop texting you?").verdict, OptOut::optout);
    EXPECT_EQ(checkOptOut("No", "en", "Should I stop texting you?").verdict, OptOut::none);
    EXPECT_EQ(checkOptOut("no", "en", "Is it ok to keep texting you?").verdict, OptOut::optout);
    EXPECT_EQ(checkOptOut("no thanks", "en", "Would you like to keep hearing from us?").verdict,
              OptOut::optout);
    EXPECT_EQ(checkOptOut("yes", "en", "Shall we keep in touch?").verdict, OptOut::none);
    EXPECT_EQ(checkOptOut("no", "en", "Should I keep writing or stop?").verdict, OptOut::unsure);
    EXPECT_EQ(checkOptOut("no", "en", "Is now a bad time?").verdict, OptOut::none);
    EXPECT_EQ(checkOptOut("yes", "en", "Does Tuesday work?").verdict, OptOut::none);
    EXPECT_EQ(
        checkOptOut("cancel", "en", "Reply C to confirm your appointment or CANCEL to cancel it.").verdict,
        OptOut::unsure);
    EXPECT_EQ(checkOptOut("stop", "en", "Reply C to confirm your appointment.").verdict, OptOut::optout);
}

TEST(OptOut, TheStandingAdviceToWriteStopIsNoQuestion) {
    for (const char* answer : {"Sure", "Yes", "ok", "हाँ"}) {
        EXPECT_EQ(checkOptOut(answer, "en", "May I ask two questions? Reply STOP to opt out").verdict,
                  OptOut::none);
        EXPECT_EQ(checkOptOut(answer, "en", "Open to a call?\nText STOP to unsubscribe.").verdict,
                  OptOut::none);
        EXPECT_EQ(checkOptOut(answer, "hi", "दो सवाल पूछूँ? बंद करने के लिए STOP लिखें").verdict, OptOut::none);
    }
    EXPECT_EQ(checkOptOut("yes", "en", "Shall we stop texting you? Reply STOP to opt out").verdict,
              OptOut::optout);
    EXPECT_EQ(checkOptOut("yes", "en", "Reply YES to opt out or STOP to end everything").verdict,
              OptOut::optout);
    EXPECT_EQ(checkOptOut("stop", "en", "May I ask two questions? Reply STOP to opt out").verdict,
              OptOut::optout);
}

TEST(OptOut, QuotedWordsAreNotTheirs) {
    EXPECT_EQ(
        checkOptOut("Tuesday works!\n\nOn Mon, 2 Mar 2026 Katie wrote:\n> Reply STOP to opt out").verdict,
        OptOut::none);
    EXPECT_EQ(checkOptOut("Tuesday works!\n> Reply STOP to unsubscribe").verdict, OptOut::none);
    EXPECT_EQ(checkOptOut("please unsubscribe me\n> Hi Ann").verdict, OptOut::optout);
}

TEST(OptOut, DisguisesAreSeenThrough) {
    expectAll(OptOut::optout, {"s t o p please",
                               "please S T O P texting me",
                               "st0p",
                               "St0p t3xting m3",
                               "$top",
                               "sToP please",
                               "UNSUBSCR1BE",
                               "ｓｔｏｐ ｔｅｘｔｉｎｇ ｍｅ",
                               "ЅТОР",
                               "stор",
                               "s\u200bt\u200bo\u200bp",
                               "\ufeffSTOP",
                               "S\u200cT\u200dO\u2060P",
                               "s\u0336t\u0336o\u0336p\u0336",
                               "𝐒𝐓𝐎𝐏",
                               "ⓈⓉⓄⓅ",
                               "*STOP*",
                               "stop🛑🛑",
                               "Delete. My. Number.",
                               "stp txtng me",
                               "Take my # off your list",
                               "stop\n\nSent from my phone"});
}

TEST(OptOut, StrangeBytesAndLongTextsAreRead) {
    EXPECT_EQ(checkOptOut("\xff\xfe stop \xc0").verdict, OptOut::optout);
    std::string text;
    for (int i = 0; i < 2000; ++i) text += "stop by no more than one ";
    EXPECT_EQ(checkOptOut(text).verdict, OptOut::none);
    std::string bytes;
    for (unsigned i = 0; i < (1U << 20U); ++i) bytes += static_cast<char>((i * 2654435761U) >> 13U);
    EXPECT_NE(checkOptOut(bytes).why, "");
    EXPECT_EQ(checkOptOut(std::string(1 << 20, 'x')).verdict, OptOut::none);
    EXPECT_EQ(checkOptOut("stop " + std::string(1 << 20, '\xff')).verdict, OptOut::optout);
}

}  // namespace
}  // namespace overture::compliance
