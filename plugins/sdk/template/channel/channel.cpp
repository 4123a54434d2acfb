// A whole channel for a made-up medium: notes of plain text, one part each; "stop" is a wish to hear no more.
#include <algorithm>
#include <cctype>
#include <overture/documents.hpp>
#include <overture/plugin.hpp>

using namespace overture::sdk;

namespace {

std::string trimmed(std::string text) {
    const auto blank = [](unsigned char c) { return std::isspace(c) != 0; };
    text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), blank));
    text.erase(std::find_if_not(text.rbegin(), text.rend(), blank).base(), text.end());
    return text;
}

class Acme final : public Channel {
public:
    explicit Acme(const Json& settings) : longest_(settings.value("longest", std::size_t{500})) {}

    /// What may be sent now: this medium takes anything at any time.
    Answer window(const Json&, const Call&) override { return Answer::ok({{"allow", "free"}}); }

    /// A draft as it goes out: who is writing, and how to hear no more, belong into the first one.
    Answer compose(const Json& request, const Call&) override {
        auto text = trimmed(textOf(request, "text"));
        if (text.empty()) return Answer::no(Outcome::invalid, "the text is empty");
        const auto sender = textOf(request, "sender_name");
        if (request.value("first", Json()) == true) {
            if (!sender.empty() && text.find(sender) == std::string::npos) text = sender + ": " + text;
            text += "\n(Write \"stop\" to hear no more.)";
        }
        if (text.size() > longest_)
            return Answer::no(Outcome::invalid, "the text has " + std::to_string(text.size()) +
                                                    " bytes; a note may have " + std::to_string(longest_));
        const Json part{{"text", text}, {"encoding", "UTF-8"}, {"segments", 1}, {"units", text.size()}};
        return Answer::ok({{"text", text}, {"parts", Json::array({part})}, {"segments", 1}});
    }

    /// What somebody wrote, and what it means in this medium.
    Answer read(const Json& request, const Call&) override {
        if (!request.contains("text") || !request["text"].is_string())
            return Answer::no(Outcome::invalid, "the request has no \"text\"");
        const auto text = trimmed(textOf(request, "text"));
        auto word = text;
        std::transform(word.begin(), word.end(), word.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return Answer::ok({{"text", text}, {"signals", word == "stop" ? Json{"stop"} : Json::array()}});
    }

    Answer measure(const Json& request, const Call&) override {
        if (!request.contains("text") || !request["text"].is_string())
            return Answer::no(Outcome::invalid, "the request has no \"text\"");
        return Answer::ok(
            {{"encoding", "UTF-8"}, {"segments", 1}, {"units", textOf(request, "text").size()}});
    }

private:
    std::size_t longest_;
};

}  // namespace

OVERTURE_PLUGIN("acme", "0.1.0", [](Host, const Json& settings) -> Opened {
    Opened opened;
    opened.channel = std::make_shared<Acme>(settings);
    return opened;
})
