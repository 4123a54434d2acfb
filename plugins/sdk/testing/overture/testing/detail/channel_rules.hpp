// The manners of channels.
#pragma once

namespace overture::testing::detail {

inline const std::vector<std::string>& anyTexts() {
    static const std::vector<std::string> all{"Yes.",
                                              "Price: $140 — “fine”?",
                                              "नमस्ते, क्या अभी बात हो सकती है?",
                                              "👍🏽👨‍👩‍👧‍👦",
                                              "שלום עולם",
                                              "{{1}} {lead.first_name} <b>&amp;</b>",
                                              "line\nline\r\n\n\nline",
                                              std::string(5000, 'x'),
                                              std::string("tab\tbell\a")};
    return all;
}

inline Verdict composesAnyText(const Subject& subject) {
    const std::string compose = "channel.message/1 compose";
    Trial trial(subject);
    for (const auto& text : anyTexts())
        for (const bool first : {true, false}) {
            auto request = trial.request(compose);
            request["text"] = text;
            request["first"] = first;
            const auto answer = trial.ask(compose, request);
            const auto what = "\"" + text.substr(0, 30) + "\"";
            if (answer.outcome != Outcome::ok) {
                if (answer.message.empty())
                    return broken(what + ": " + shown(answer) + " without a sentence");
                continue;
            }
            const auto& document = answer.document;
            if (!document.contains("text") || !document["text"].is_string())
                return broken(what + ": ok without text");
            if (!document.contains("parts") || !document["parts"].is_array() || document["parts"].empty())
                return broken(what + ": ok without parts");
            if (document.value("segments", 0) < 1) return broken(what + ": ok without segments");
        }
    return kKept;
}

inline Verdict measuresAsItComposes(const Subject& subject) {
    Trial trial(subject);
    const auto measured = trial.ask("channel.message/1 measure");
    if (measured.outcome == Outcome::unsupported) return skipped("it measures nothing");
    if (measured.outcome != Outcome::ok) return broken(shown(measured));
    return measured.document.value("segments", 0) >= 1 ? kKept : broken("ok without segments");
}

inline Verdict namesAWindow(const Subject& subject) {
    Trial trial(subject);
    const auto answer = trial.ask("channel.message/1 window");
    if (answer.outcome != Outcome::ok) return broken(shown(answer));
    const auto allow = answer.document.value("allow", "");
    return allow == "free" || allow == "template" || allow == "nothing"
               ? kKept
               : broken("it allows \"" + allow + "\"");
}

inline Verdict readsAnything(const Subject& subject) {
    const std::string read = "channel.message/1 read";
    Trial trial(subject);
    std::mt19937_64 random(29);
    for (int i = 0; i < 200; ++i) {
        std::string bytes;
        for (auto left = random() % 400; left > 0; --left) bytes += static_cast<char>(random());
        const Json request = i % 2 == 0
                                 ? Json{{"raw_base64", sdk::toBase64(bytes)}, {"channel", "sms"}}
                                 : Json{{"text", anyTexts()[static_cast<std::size_t>(i) % anyTexts().size()]},
                                        {"channel", "sms"}};
        const auto answer = trial.ask(read, request);
        if (answer.outcome == Outcome::ok && !answer.document.contains("text"))
            return broken("ok without text");
        if (answer.outcome != Outcome::ok && answer.message.empty())
            return broken(shown(answer) + " without a sentence");
    }
    return kKept;
}

inline void addChannelRules(std::vector<Rule>& rules) {
    rules.push_back({"window", "allows free, template or nothing", namesAWindow});
    rules.push_back({"compose", "composes any text, or says why not", composesAnyText});
    rules.push_back({"measure", "measures a text in segments", measuresAsItComposes});
    rules.push_back({"read", "reads whatever strangers write", readsAnything});
}

}  // namespace overture::testing::detail
