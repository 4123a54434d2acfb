// How people say on the phone that they do not want to be recorded, and what only sounds like it. Words come as recognizers write them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "compliance/optout.hpp"
#include "compliance/recording.hpp"

namespace overture::compliance {
namespace {

void refuse(const std::vector<const char*>& texts) {
    for (const auto* text : texts) EXPECT_TRUE(refusesRecording(text)) << text;
}
void dont(const std::vector<const char*>& texts) {
    for (const auto* text : texts) {
        const auto why = refusesRecording(text);
        EXPECT_FALSE(why) << text << ": " << why.value_or("");
    }
}

// clang-format off
TEST(RecordingRefusals, InEnglish) {
    refuse({"Do not record me.", "don't record me", "Please don't record this call.", "please do not record", "I don't want to be recorded.",
            "I do not wish to be recorded", "I'd rather not be recorded", "I would prefer not to be recorded", "Stop recording.",
            "stop recording me", "Please stop the recording.", "can you stop recording this call please", "Turn off the recording",
            "turn that recording off", "switch the recorder off please", "I don't consent to being recorded", "I do not consent to this recording",
            "I didn't give you permission to record me", "I never agreed to be recorded", "You don't have my permission to record this.",
            "I'm not comfortable being recorded", "I am not okay with this being recorded", "no recording please", "No recording.",
            "can we do this without recording", "without being recorded", "delete the recording", "please delete that recording",
            "I object to being recorded", "I refuse to be recorded", "I opt out of the recording", "I don't like being recorded",
            "hold on, don't record this", "who is this? don't record me", "you can't record me", "you are not allowed to record me",
            "I don't want you to record this", "I don't want this call recorded", "cut it out and stop recording my call",
            "never record me again", "I do not authorize you to record my voice", "uh please do not record this conversation",
            "I withdraw my consent to the recording", "okay but don't record it", "not while you're recording me, stop recording"});
}

TEST(RecordingRefusals, WhatOnlySoundsLikeItInEnglish) {
    dont({"Don't record that as a no.", "don't record that as a no yet", "please don't record me as interested", "Do not record this as a refusal",
          "don't put that down as a no", "I don't mind being recorded", "I don't mind if you record this", "I don't care if it's recorded",
          "no problem with recording", "no objection to being recorded", "Is this call recorded?", "Are you recording this?",
          "fine, record it", "You don't have to stop recording", "no need to stop the recording", "don't stop recording",
          "why don't you record this", "don't forget to record this", "for the record, I said Tuesday", "I have no record of that",
          "we keep no records of the old roof", "don't you have my records", "I don't have a record of the last visit", "stop calling me",
          "Please stop.", "don't call me again", "I never said that", "he works for a record label", "it was a record year, not bad",
          "you sound like a broken record, stop", "no", "no thanks", "It's not a good time", "don't record the appointment twice",
          "we had record rain, it didn't stop", "yes you can record", "I'm not sure", "I don't know the record number", "Hello?", ""});
}

TEST(RecordingRefusals, InHindi) {
    refuse({"रिकॉर्ड मत कीजिए", "मुझे रिकॉर्ड मत करो", "कॉल रिकॉर्ड न करें", "रिकॉर्डिंग बंद कीजिए", "रिकॉर्डिंग बंद कर दो", "मैं नहीं चाहता कि यह कॉल रिकॉर्ड हो",
            "बिना रिकॉर्डिंग के बात कीजिए", "record mat karo", "mujhe record mat kijiye", "recording band karo", "call record na karein",
            "main nahi chahta ki call record ho", "recording nahi chahiye", "recording rok do", "bina record ke baat karo"});
    dont({"इसे ना के रूप में रिकॉर्ड मत कीजिए", "ise na ke taur par record mat karo", "रिकॉर्ड कर लीजिए", "haan record karo koi baat nahi",
          "मुझे फर्क नहीं पड़ता रिकॉर्ड कीजिए", "नहीं चाहिए", "मत कीजिए", "बंद करो", "phone mat karo", "क्या यह रिकॉर्ड हो रहा है"});
}

TEST(RecordingRefusals, InSpanish) {
    refuse({"No me grabe.", "no quiero que me graben", "No grabe esta llamada, por favor", "deje de grabar", "Pare la grabación", "sin grabar por favor",
            "no autorizo la grabación", "no acepto que graben la llamada", "borre la grabación", "no deseo ser grabado"});
    dont({"No grabe eso como un no", "no me importa que graben", "no hay problema con la grabación", "¿Está grabando?", "no me llame más", "no gracias",
          "grabe lo que quiera"});
}

TEST(RecordingRefusals, InPortugueseFrenchAndGerman) {
    refuse({"Não grave esta ligação", "não quero ser gravado", "pare de gravar", "sem gravação por favor", "não autorizo a gravação"});
    dont({"não é grave", "não me importo que grave", "pode gravar", "não me ligue", "não grave isso como um não"});
    refuse({"Ne m'enregistrez pas", "n'enregistrez pas cet appel", "je ne veux pas être enregistré", "arrêtez l'enregistrement",
            "sans enregistrement s'il vous plaît", "je refuse d'être enregistré"});
    dont({"ne m'appelez pas", "ça ne me dérange pas d'être enregistré", "vous pouvez enregistrer", "pas de problème pour l'enregistrement",
          "n'enregistrez pas ça comme un non"});
    refuse({"Nehmen Sie mich nicht auf", "ich möchte nicht aufgenommen werden", "bitte nicht aufzeichnen", "keine Aufnahme bitte",
            "stoppen Sie die Aufnahme", "schalten Sie die Aufzeichnung aus", "ohne Aufzeichnung bitte", "hören Sie auf aufzunehmen"});
    dont({"rufen Sie nicht mehr an", "nehmen Sie das nicht als Nein auf", "es stört mich nicht, aufgenommen zu werden", "ich habe nichts dagegen, wenn Sie aufnehmen",
          "kein Problem mit der Aufnahme", "gerne"});
}
// clang-format on

TEST(RecordingRefusals, AreNoOptOuts) {
    for (const auto* text : {"Please don't record this call.", "Stop recording.",
                             "I don't want to be recorded.", "do not record me", "please stop recording me"})
        EXPECT_EQ(nameOf(checkOptOut(text).verdict), "none") << text << ": " << checkOptOut(text).why;
}

TEST(RecordingRefusals, NobodyIsSearchedForHours) {
    std::string text;
    for (int i = 0; i < 20000; ++i) text += "not ";
    EXPECT_FALSE(refusesRecording(text));
}

}  // namespace
}  // namespace overture::compliance
