#include "agent/phrases.hpp"

namespace overture::agent::phrases {

// clang-format off
const std::vector<std::string_view>& promises() {
    static const std::vector<std::string_view> kList{
        "guarantee", "guarantees", "guaranteed", "guaranteeing", "we promise you", "i promise you", "promise you will", "promise you'll",
        "we promise that", "i promise that", "promise savings", "risk free", "no risk", "zero risk", "without any risk", "will definitely save", "you will definitely",
        "you'll definitely", "you will certainly", "certain to save", "sure to save", "you will save", "you'll save", "no matter what", "cannot lose", "can't lose",
        "never pay again", "never pay for power again", "100 % sure", "100 % certain", "always approved", "nothing to lose",
        "गारंटी", "गारण्टी", "वादा करते हैं", "वादा करता हूँ", "वादा करती हूँ", "पक्का फायदा", "पक्का बचत", "कोई जोखिम नहीं", "guarantee hai", "pakka fayda",
        "pakki bachat", "koi risk nahi", "waada karte hain", "vaada karte hain",
        "garantizamos", "garantizado", "garantizada", "garantía", "garantia", "le prometo", "te prometo", "le prometemos", "sin riesgo", "sin ningún riesgo",
        "garantiert", "ohne risiko", "garanti", "garantie", "sans risque", "garantimos", "garantido", "sem risco"};
    return kList;
}

const std::vector<std::string_view>& humanClaims() {
    static const std::vector<std::string_view> kList{
        "i am a human", "i'm a human", "i am human", "i'm human", "i am a real person", "i'm a real person", "i am a person", "i'm a person",
        "i am a real human", "i'm a real human", "i'm an actual person", "i am an actual person", "i'm an actual human", "i'm a live person", "i am a live person",
        "you are talking to a human", "you're talking to a human", "you're talking to a real person", "you are talking to a real person",
        "you're chatting with a real person", "you're speaking with a real person", "this is a real person", "this is a human", "i'm not a bot", "i am not a bot",
        "i'm not a robot", "i am not a robot", "i'm not a machine", "i am not a machine", "i'm not an ai", "i am not an ai", "this is not a bot", "this isn't a bot",
        "not a bot i promise", "no bots here", "i'm not automated", "i am not automated",
        "मैं इंसान हूँ", "मैं इंसान हूं", "मैं एक इंसान हूँ", "मैं बॉट नहीं हूँ", "मैं बॉट नहीं हूं", "main insaan hoon", "main insan hoon", "main ek insaan hoon",
        "main bot nahi hoon", "main bot nahin hoon", "soy una persona real", "soy humano", "soy humana", "no soy un bot", "no soy un robot",
        "je suis une vraie personne", "ich bin ein mensch", "sou uma pessoa real"};
    return kList;
}

const std::vector<std::string_view>& saysMachine() {
    static const std::vector<std::string_view> kList{
        "ai", "a.i.", "artificial intelligence", "bot", "chatbot", "robot", "automated assistant", "automated", "automatic assistant",
        "virtual assistant", "virtual agent", "digital assistant", "computer assistant",
        "एआई", "ए आई", "कृत्रिम बुद्धिमत्ता", "ऑटोमेटेड", "स्वचालित", "बॉट", "वर्चुअल असिस्टेंट", "डिजिटल सहायक",
        "ia", "inteligencia artificial", "asistente virtual", "asistente automatizado", "asistente automatizada", "automatizado", "automatizada",
        "asistente automático", "asistente automática", "asistente digital",
        "intelligence artificielle", "assistant virtuel", "assistante virtuelle", "assistant automatisé", "assistante automatisée",
        "assistant automatique", "assistante automatique", "assistant numérique",
        "eine ki", "ki assistent", "ki assistentin", "künstliche intelligenz", "künstlichen intelligenz", "automatisierter", "automatisierte", "automatischer assistent",
        "automatische assistentin", "virtueller assistent", "virtuelle assistentin", "digitaler assistent", "digitale assistentin",
        "inteligência artificial", "assistente virtual", "assistente automatizado", "assistente automatizada", "assistente automático",
        "assistente automática", "assistente digital", "robô"};
    return kList;
}

const std::vector<std::string_view>& saysRecorded() {
    static const std::vector<std::string_view> kList{
        "recorded", "being recorded", "recording this call", "this call may be recorded", "record this call", "रिकॉर्ड", "रिकॉर्डिंग",
        "grabada", "se graba", "grabando", "grabación", "enregistré", "enregistrée", "enregistrement", "aufgezeichnet", "aufgenommen",
        "aufzeichnung", "gravada", "gravação", "gravando"};
    return kList;
}

const std::vector<std::string_view>& refusals() {
    static const std::vector<std::string_view> kList{
        "i can't assist with", "i cannot assist with", "i can't help with that request", "i cannot help with that request", "i'm unable to assist",
        "i am unable to assist", "i can't comply", "i cannot comply", "i'm unable to comply", "i am unable to comply", "i can't fulfill", "i cannot fulfill",
        "i'm not able to help with that request", "against my guidelines", "violates my guidelines", "content policy", "usage policies",
        "i can't generate", "i cannot generate", "i can't create that content", "lo siento pero no puedo ayudar con eso"};
    return kList;
}

const std::vector<std::string_view>& promptTalk() {
    static const std::vector<std::string_view> kList{
        "as an ai language model", "as an ai model", "as a language model", "as a large language model", "i am a language model", "i'm a language model",
        "language model trained", "system prompt", "my prompt", "my instructions", "my system instructions", "i was instructed", "i have been instructed",
        "my guidelines say", "this briefing", "my briefing", "json schema", "the given schema", "wants_person", "slot_choice", "slot_answer", "im_start", "im_end",
        "endoftext", "knowledge cutoff", "my training data"};
    return kList;
}

const std::vector<std::string_view>& abuse() {
    static const std::vector<std::string_view> kList{
        "idiot", "idiots", "stupid", "moron", "morons", "dumbass", "asshole", "bitch", "bastard", "fuck", "fucking", "fuck you", "shut up", "go to hell",
        "piece of shit", "shit", "loser", "scumbag", "kill yourself", "chutiya", "madarchod", "bhenchod", "बेवकूफ", "चूतिया", "pendejo", "imbécil", "puta"};
    return kList;
}

const std::vector<std::string_view>& legalThreats() {
    static const std::vector<std::string_view> kList{
        "my lawyer", "my attorney", "my solicitor", "our lawyer", "our attorney", "get a lawyer", "call a lawyer", "calling a lawyer", "sue you", "sue your",
        "sue the company", "suing you", "see you in court", "take you to court", "taking you to court", "legal action", "lawsuit against", "file a lawsuit",
        "filing a lawsuit", "class action", "cease and desist", "report you to", "reporting you to", "reported you to", "tcpa violation", "violation of the tcpa", "under the tcpa",
        "complaint with the fcc", "complaint to the fcc", "fcc complaint", "complaint with the ftc", "ftc complaint", "attorney general", "press charges",
        "consumer court", "police complaint", "मेरे वकील", "मेरा वकील", "कानूनी कार्रवाई", "क़ानूनी कार्रवाई", "कोर्ट में", "पुलिस में शिकायत", "mere vakil", "mera vakil", "kanooni karwai",
        "court mein", "court me le", "case kar dunga", "police mein complaint", "mi abogado", "voy a demandar", "los voy a demandar", "acción legal"};
    return kList;
}

const std::vector<std::string_view>& neverContact() {
    static const std::vector<std::string_view> kList{
        "never contact me", "never contact us", "never text me", "never call me", "never message me", "never email me", "never write to me",
        "do not contact me again", "don't contact me again", "do not contact me anymore", "don't contact me anymore", "don't ever contact me", "do not ever contact",
        "don't ever text me", "don't ever call me", "don't text me again", "do not text me again", "don't call me again", "do not call me again",
        "don't message me again", "don't email me again", "stop contacting me", "stop texting me", "stop calling me", "stop messaging me", "stop emailing me",
        "stop harassing me", "take me off your list", "remove me from your list", "lose my number", "delete my number", "forget my number",
        "दोबारा संपर्क मत", "फिर कभी संपर्क", "मुझे मैसेज मत", "मुझे कॉल मत", "dobara contact mat", "dobara message mat", "dobara call mat", "mujhe message mat", "mujhe call mat",
        "no me contacte", "no me contacten", "no me escriba", "no me escriban", "no me llame", "no me llamen"};
    return kList;
}

// clang-format on
}  // namespace overture::agent::phrases
