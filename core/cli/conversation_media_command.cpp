#include <filesystem>
#include <iostream>
#include <map>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/bindings.hpp"
#include "cli/command.hpp"
#include "cli/open_database.hpp"
#include "cli/outbound.hpp"
#include "cli/paths.hpp"
#include "net/http_client.hpp"
#include "plugin/host.hpp"
#include "service/history.hpp"

namespace overture::cli {
namespace {

constexpr auto kDeadline = milliseconds(60'000);

/// Of what people send to a business; whatever else it is called.
std::string endingOf(const std::string& contentType) {
    static const std::map<std::string, std::string> kEndings{
        {"image/jpeg", "jpg"},  {"image/png", "png"},       {"image/gif", "gif"},  {"image/webp", "webp"},
        {"image/heic", "heic"}, {"video/mp4", "mp4"},       {"video/3gpp", "3gp"}, {"audio/ogg", "ogg"},
        {"audio/mpeg", "mp3"},  {"audio/mp4", "m4a"},       {"audio/aac", "aac"},  {"audio/amr", "amr"},
        {"text/plain", "txt"},  {"application/pdf", "pdf"}, {"text/vcard", "vcf"}, {"text/x-vcard", "vcf"}};
    const auto found = kEndings.find(contentType);
    return found == kEndings.end() ? "bin" : found->second;
}

/// The binding that each thing came by, opened once.
class Carriers {
public:
    Carriers(store::Database& database, const std::string& dataDirectory, const OrganizationId& organization,
             const Arguments& arguments)
        : database_(database),
          organization_(organization),
          vault_(tenant::Vault::open(dataDirectory)),
          http_(outboundLimits(arguments)),
          host_({http_, clock_}) {
        host_.loadAll(pluginsFolder(arguments.value("plugins")));
    }

    plugin::Reply get(const Json& media) {
        const auto id = BindingId::parse(textOf(media, "binding_id"));
        if (!id) return no("it came before it was kept by which binding");
        auto& instance = opened_[id->text()];
        if (instance == nullptr) {
            auto tx = database_.begin(organization_);
            const auto binding = tenant::findBinding(tx, organization_, *id, &vault_);
            tx.commit();
            if (!binding) return no("its binding is gone");
            instance = host_
                           .open(binding->plugin, binding->settings, binding->secrets,
                                 termsOf(database_, vault_, organization_, *binding))
                           .orThrow();
        }
        return instance->call("carrier.message/1", "media", media, kDeadline);
    }

private:
    static plugin::Reply no(const std::string& why) {
        plugin::Reply reply;
        reply.outcome = plugin::Outcome::rejected;
        reply.message = why;
        return reply;
    }

    store::Database& database_;
    OrganizationId organization_;
    tenant::Vault vault_;
    SystemClock clock_;
    net::HttpClient http_;
    plugin::Host host_;
    std::map<std::string, std::shared_ptr<plugin::Instance>> opened_;
};

int media(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions(outboundOptions({"into=", "plugins="})));
    if (arguments.positional().size() != 1)
        throw UsageError{"name one conversation: its id, or the lead's id"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto found = service::findConversation(*opened.database, arguments.positional().front());
    if (!found)
        throw Error("there is no conversation \"" + arguments.positional().front() + "\"",
                    opened.database->name(), "conversations.jsonl of a run lists them, with the lead's id.");
    const std::filesystem::path folder(arguments.value("into", "."));
    Carriers carriers(*opened.database, opened.dataDirectory, found->organization, arguments);
    const auto history = service::conversationHistory(*opened.database, *found);
    int got = 0, missing = 0;
    for (const auto& message : history["messages"])
        for (std::size_t i = 0; i < message["media"].size(); ++i) {
            const auto name = toText(message["number"]) + "-" + std::to_string(i + 1);
            const auto reply = carriers.get(message["media"][i]);
            if (!reply.ok()) {
                std::cout << name << ": " << plugin::nameOf(reply.outcome) << ": " << reply.message << "\n";
                ++missing;
                continue;
            }
            const auto type = textOf(reply.document, "content_type");
            const auto bytes = fromBase64(textOf(reply.document, "body_base64"));
            std::filesystem::create_directories(folder);
            const auto path = (folder / (name + "." + endingOf(type))).string();
            writeFile(path, bytes);
            std::cout << path << ": " << type << ", " << bytes.size() << " bytes\n";
            ++got;
        }
    if (got + missing == 0) std::cout << "Nothing came along with the messages of this conversation.\n";
    return missing == 0 ? 0 : 1;
}

const std::string kHelp = std::string(
                              R"(Usage: overture conversation media ID [--into FOLDER] [OPTIONS]

Gets the pictures, recordings and files that somebody sent, from the carrier that keeps them, and writes each into FOLDER as
MESSAGE-NUMBER.ENDING, with the message's number of `conversation show`. ID is the conversation's id or the lead's id. What the
carrier does not keep any more, and what is larger than 5 MiB, is said; then the status is 1.

  --into FOLDER       where to; unless given here
  --plugins DIR       where the plugins are
)") + kOutboundHelp + kDatabaseHelp +
                          R"(
Example: overture conversation media solar-0042 --into pictures)";

const Registered registered{
    {"conversation media", "gets the pictures and files that somebody sent", kHelp.c_str(), media}};

}  // namespace
}  // namespace overture::cli
