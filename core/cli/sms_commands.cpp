#include <iostream>

#include "base/text.hpp"
#include "cli/batch.hpp"
#include "cli/command.hpp"
#include "cli/paths.hpp"
#include "plugin/host.hpp"

namespace overture::cli {
namespace {

/// The channel plugin, alone: this question needs no other part of the engine.
class SmsChannel {
public:
    explicit SmsChannel(const std::string& plugins) : host_({http_, clock_}) {
        const auto folder = plugins + "/sms";
        const auto listing = host_.load(folder);
        if (listing.state != "loaded")
            throw Error("the plugin \"sms\" was not loaded: " + listing.reason, folder,
                        "`overture plugin list` shows what was found where.");
        channel_ = host_.open("sms", Json::object(), {}).orThrow();
    }

    /// {encoding, segments, units} of the text as it stands.
    Json measure(const Json& question) const {
        if (!question.contains("text") || !question["text"].is_string())
            throw Error("\"text\" is missing or not a text");
        const auto reply =
            channel_->call("channel.message/1", "measure", {{"text", question["text"]}}, seconds(10));
        if (!reply.ok()) throw Error(reply.message, "plugin \"sms\"");
        return reply.document;
    }

private:
    net::HttpClient http_;
    SystemClock clock_;
    plugin::Host host_;
    std::shared_ptr<plugin::Instance> channel_;
};

int smsSegments(const std::vector<std::string>& words) {
    const Arguments arguments(words, {"batch=", "plugins="});
    const auto& texts = arguments.positional();
    const bool batch = arguments.has("batch");
    if (batch != texts.empty() || texts.size() > 1)
        throw UsageError{"give either one text (in quotes) or --batch FILE"};
    if (!batch && !isUtf8(texts[0])) throw Error("the text is not UTF-8");

    const SmsChannel channel(pluginsFolder(arguments.value("plugins")));
    if (batch)
        return runBatch(arguments.value("batch"),
                        [&](const Json& question) { return channel.measure(question); });
    std::cout << toText(channel.measure({{"text", texts[0]}})) << "\n";
    return 0;
}

const Registered segments{{
    "sms segments",
    "encoding and segments of a text message",
    R"(Usage: overture sms segments "TEXT"
       overture sms segments --batch FILE        (- is standard input)

Says how a text would travel: its encoding (GSM-7, or UCS-2 as soon as one character is outside GSM-7), how many
segments it takes, and its length in the encoding's units (septets, or UTF-16 code units).

  --batch FILE   one JSON object a line: {"id": …, "text": "…"} → {"id": …, "encoding", "segments", "units"};
                 a line that cannot be answered gives {"id": …, "error": "…"}, and the exit status is 1
  --plugins DIR  where the plugins are (otherwise OVERTURE_PLUGINS, or beside the program)

Example:
  overture sms segments "Hi Asha, is now a bad time?"
  {"encoding":"GSM-7","segments":1,"units":27}
)",
    smsSegments,
}};

}  // namespace
}  // namespace overture::cli
