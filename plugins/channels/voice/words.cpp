#include "words.hpp"

#include <array>

namespace overture::voice {
namespace {

const Language& english() {
    static const Language language{
        "en",
        {"mhm", "mm",   "mmm",   "mm hmm", "mmhmm",   "hmm",       "uh huh",  "uhhuh",    "uh", "yeah",
         "yep", "yes",  "ok",    "okay",   "right",   "sure",      "i see",   "got it",   "oh", "ah",
         "wow", "cool", "great", "good",   "alright", "all right", "exactly", "of course"},
        {"hello", "hi", "hey", "yes", "yeah", "speaking", "hello hello", "good morning", "good afternoon",
         "good evening", "who is this", "who's this"},
        {"Let me see.", "One moment.", "Right, let me check."},
        {"Sorry, I did not catch that. Could you say it again?",
         "The line is not very clear. Once more, please?"},
        {"Are you still there?", "Hello? Can you hear me?"},
        "Thank you for your time. Goodbye.",
        {"leave a message", "leave your message", "leave me a message", "after the beep", "after the tone",
         "at the tone", "you have reached", "you've reached", "not available", "unavailable",
         "can't come to the phone", "cannot come to the phone", "voicemail", "voice mail",
         "answering machine", "record your message", "mailbox is full", "unable to take your call",
         "can't take your call"},
        {"state your name", "say your name", "record your name", "why you're calling", "why you are calling",
         "reason for your call", "reason for calling", "screening service", "before i try to connect you",
         "call assist"},
        {"press one", "press 1", "press two", "press 2", "press zero", "press 0", "press pound",
         "para español", "following options", "dial by name", "your call is important",
         "extension of the person"},
        "I am an automated assistant.",
        "This call is recorded.",
        {"ai", "a.i.", "artificial intelligence", "automated", "virtual assistant", "robot", "bot",
         "not a human"},
        {"recorded", "recording"},
        "I could not reach anybody just now. Shall somebody call you back?",
        "All right, you are not being recorded.",
        "Hello, this is an automated assistant calling for {sender}. We will get in touch again. Goodbye.",
        "This is an automated assistant of {sender}.",
        "at",
        "dot",
        "slash",
        "dash",
        "underscore",
        "dollars",
        "rupees",
        "euros",
        "pounds",
        "percent"};
    return language;
}

const Language& hindi() {
    static const Language language{
        "hi",
        {"हाँ",      "हां",      "जी",    "जी हाँ", "जी हां",  "अच्छा",  "ठीक",       "ठीक है",    "हम्म",
         "हूँ",       "हूं",       "ओके",    "सही",   "बिल्कुल",  "haan",  "han",       "ha",       "ji",
         "haan ji", "ji haan", "accha", "acha",  "achha",  "theek", "theek hai", "thik hai", "hmm",
         "hm",      "ok",      "okay",  "sahi",  "bilkul", "yeah",  "mhm"},
        {"हैलो", "हेलो", "नमस्ते", "जी", "हाँ", "हां", "बोलिए", "कौन", "hello", "namaste", "boliye", "ji", "haan"},
        {"एक क्षण।", "जी, देखती हूँ।", "ज़रा रुकिए।"},
        {"माफ़ कीजिए, मैं समझ नहीं पाई। क्या आप दोबारा कहेंगे?", "आवाज़ साफ़ नहीं आई। एक बार फिर कहिए?"},
        {"क्या आप सुन रहे हैं?", "हैलो? क्या आपको मेरी आवाज़ आ रही है?"},
        "आपके समय के लिए धन्यवाद। नमस्ते।",
        {"संदेश छोड़ें", "बीप के बाद", "उपलब्ध नहीं", "व्यस्त है", "लीव ए मैसेज", "leave a message", "after the beep",
         "after the tone", "not available", "you have reached", "switched off", "स्विच ऑफ", "not reachable"},
        {"अपना नाम बताएं", "अपना नाम बताइए", "state your name", "why you're calling"},
        {"एक दबाएं", "दो दबाएं", "press one", "press 1", "press two", "press 2"},
        "मैं एक स्वचालित सहायक हूँ।",
        "यह कॉल रिकॉर्ड की जा रही है।",
        {"स्वचालित", "एआई", "ai", "रोबोट", "automated", "ऑटोमेटेड", "वर्चुअल"},
        {"रिकॉर्ड", "recorded"},
        "अभी कोई उपलब्ध नहीं है। क्या कोई आपको वापस कॉल करे?",
        "ठीक है, आपकी रिकॉर्डिंग नहीं हो रही है।",
        "नमस्ते, मैं {sender} की ओर से एक स्वचालित सहायक हूँ। हम फिर संपर्क करेंगे। धन्यवाद।",
        "मैं {sender} की ओर से एक स्वचालित सहायक हूँ।",
        "ऐट",
        "डॉट",
        "स्लैश",
        "डैश",
        "अंडरस्कोर",
        "डॉलर",
        "रुपये",
        "यूरो",
        "पाउंड",
        "प्रतिशत"};
    return language;
}

const Language& spanish() {
    static const Language language{
        "es",
        {"sí", "si", "ajá", "aja", "mhm", "ya", "claro", "vale", "bueno", "ok", "okay", "bien", "entiendo",
         "exacto", "eso", "de acuerdo"},
        {"hola", "aló", "alo", "bueno", "diga", "dígame", "sí", "si", "quién habla", "hello"},
        {"Un momento.", "A ver, déjeme mirar."},
        {"Perdone, no le he entendido. ¿Puede repetirlo?", "No se oye muy bien. ¿Una vez más, por favor?"},
        {"¿Sigue ahí?", "¿Hola? ¿Me oye?"},
        "Gracias por su tiempo. Adiós.",
        {"deje un mensaje", "deje su mensaje", "después de la señal", "después del tono",
         "no está disponible", "buzón de voz", "contestador", "leave a message", "after the tone"},
        {"diga su nombre", "el motivo de su llamada", "state your name"},
        {"marque uno", "marque 1", "oprima uno", "oprima 1", "presione uno", "pulse uno", "press 1",
         "press one"},
        "Soy un asistente automático.",
        "Esta llamada se graba.",
        {"automático", "automática", "virtual", "inteligencia artificial", "ia", "robot"},
        {"graba", "grabada", "grabación"},
        "Ahora no he podido localizar a nadie. ¿Quiere que le llamen?",
        "De acuerdo, no se le está grabando.",
        "Hola, soy un asistente automático de {sender}. Volveremos a ponernos en contacto. Adiós.",
        "Soy un asistente automático de {sender}.",
        "arroba",
        "punto",
        "barra",
        "guion",
        "guion bajo",
        "dólares",
        "rupias",
        "euros",
        "libras",
        "por ciento"};
    return language;
}

}  // namespace

const Language& languageOf(std::string_view code) {
    const auto primary = code.substr(0, code.find_first_of("-_"));
    if (primary == "hi") return hindi();
    if (primary == "es") return spanish();
    return english();
}

}  // namespace overture::voice
