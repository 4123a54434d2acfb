#include <iostream>
#include <iterator>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/batch.hpp"
#include "cli/command.hpp"
#include "cli/outbound.hpp"
#include "cli/paths.hpp"
#include "net/http_client.hpp"
#include "plugin/host.hpp"

extern char** environ;

namespace overture::cli {
namespace {

constexpr int kNotOk = 3;

/// A host with every plugin of a folder, and what it stands on.
struct Plugins {
    explicit Plugins(const Arguments& arguments)
        : http(outboundLimits(arguments)), host(plugin::Services{http, clock}) {
        host.loadAll(pluginsFolder(arguments.value("plugins")));
    }
    net::HttpClient http;
    SystemClock clock;
    plugin::Host host;
};

std::string readAll(const std::string& path) {
    if (path != "-") return readFile(path);
    return {std::istreambuf_iterator<char>(std::cin), {}};
}

Json readDocument(const std::string& path) {
    auto document = parseJson(readAll(path), path == "-" ? "standard input" : path).orThrow();
    if (!document.is_object())
        throw Error("this is not a JSON object", path == "-" ? "standard input" : path);
    return document;
}

// ---------------------------------------------------------------------------------------------------- plugin
// list

void printRow(const plugin::Listing& row) {
    std::cout << row.id << (row.version.empty() ? "" : " " + row.version) << "  " << row.state << "  "
              << join(row.capabilities, ", ") << "\n";
    if (!row.reason.empty()) std::cout << "    " << row.reason << "\n";
}

Json jsonOf(const plugin::Listing& row) {
    Json out{{"id", row.id},
             {"version", row.version},
             {"state", row.state},
             {"path", row.path},
             {"capabilities", row.capabilities}};
    if (row.manifest.is_object()) out["about"] = textOf(row.manifest, "about");
    if (!row.stage.empty()) out["stage"] = row.stage;
    if (!row.reason.empty()) out["reason"] = row.reason;
    return out;
}

int list(const std::vector<std::string>& words) {
    const Arguments arguments(words, {"plugins=", "json"});
    if (!arguments.positional().empty()) throw UsageError{"there is nothing to name here"};
    const auto folder = pluginsFolder(arguments.value("plugins"));
    Plugins plugins(arguments);
    const auto rows = plugins.host.list();
    for (const auto& row : rows)
        if (arguments.has("json"))
            std::cout << toText(jsonOf(row)) << "\n";
        else
            printRow(row);
    if (rows.empty() && !arguments.has("json")) std::cout << "There is no plugin in " << folder << ".\n";
    return 0;
}

// ---------------------------------------------------------------------------------------------------- plugin
// call

/// OVERTURE_SECRET_AUTH_TOKEN in the environment is the secret auth_token; a --secrets file goes before it.
plugin::Secrets secretsOf(const Arguments& arguments) {
    constexpr std::string_view prefix = "OVERTURE_SECRET_";
    plugin::Secrets secrets;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view setting = *entry;
        const auto equals = setting.find('=');
        if (setting.starts_with(prefix) && equals != std::string_view::npos)
            secrets[lowerAscii(setting.substr(prefix.size(), equals - prefix.size()))] =
                setting.substr(equals + 1);
    }
    if (!arguments.has("secrets")) return secrets;
    const auto path = arguments.value("secrets");
    const auto document = readDocument(path);
    const auto given = document.value("secrets", document);
    if (!given.is_object()) throw Error("\"secrets\" is not an object", path);
    for (const auto& [name, value] : given.items()) {
        if (!value.is_string()) throw Error("the secret \"" + name + "\" is not a string", path);
        secrets[name] = value.get<std::string>();
    }
    return secrets;
}

Json jsonOf(const plugin::Reply& reply) {
    Json out{{"outcome", plugin::nameOf(reply.outcome)}};
    if (reply.ok()) {
        out["document"] = reply.document;
        return out;
    }
    out["error"] = {{"message", reply.message}};
    if (!reply.code.empty()) out["error"]["code"] = reply.code;
    if (reply.retryAfter) out["error"]["retry_after_ms"] = reply.retryAfter->count();
    return out;
}

milliseconds deadlineOf(const Arguments& arguments) {
    const auto text = arguments.value("deadline", "30s");
    const auto deadline = parseDuration(text);
    if (!deadline || deadline->count() == 0)
        throw UsageError{"--deadline takes a duration such as 10s, not \"" + text + "\""};
    return *deadline;
}

/// One request in, one line out. True when the outcome is ok.
bool answer(plugin::Instance& instance, const std::vector<std::string>& names, const Json& request,
            milliseconds deadline) {
    const auto reply = instance.call(names[1], names[2], request, deadline);
    auto out = jsonOf(reply);
    if (request.contains("id")) out["id"] = request["id"];
    std::cout << toText(out) << std::endl;
    return reply.ok();
}

bool answerBatch(plugin::Instance& instance, const std::vector<std::string>& names, const std::string& path,
                 milliseconds deadline) {
    bool allOk = true;
    const int status = runBatch(path, [&](const Json& request) {
        const auto reply = instance.call(names[1], names[2], request, deadline);
        allOk = allOk && reply.ok();
        return jsonOf(reply);
    });
    return allOk && status == 0;
}

int call(const std::vector<std::string>& words) {
    const Arguments arguments(
        words,
        outboundOptions({"settings=", "secrets=", "request=", "batch=", "plugins=", "deadline=", "record="}));
    const auto& names = arguments.positional();
    if (names.size() != 3) throw UsageError{"name a plugin, one of its capabilities and an operation"};
    if (arguments.has("request") && arguments.has("batch"))
        throw UsageError{"give --request or --batch, not both"};
    const auto deadline = deadlineOf(arguments);
    Plugins plugins(arguments);
    const auto settings =
        arguments.has("settings") ? readDocument(arguments.value("settings")) : Json::object();
    plugin::Terms terms;
    if (arguments.has("record"))
        terms.recorder = std::make_shared<plugin::Recorder>(arguments.value("record"));
    const auto instance = plugins.host.open(names[0], settings, secretsOf(arguments), terms).orThrow();
    if (arguments.has("batch"))
        return answerBatch(*instance, names, arguments.value("batch"), deadline) ? 0 : kNotOk;
    const auto request = arguments.has("request") ? readDocument(arguments.value("request")) : Json::object();
    return answer(*instance, names, request, deadline) ? 0 : kNotOk;
}

const Registered listCommand{{"plugin list", "shows every plugin: loaded, refused and why, disabled",
                              R"(Usage: overture plugin list [--plugins DIR] [--json]

Loads every plugin of a folder and shows what became of each.
  --plugins DIR   the folder; otherwise OVERTURE_PLUGINS, otherwise the one that came with the program
  --json          one JSON object a line: id, version, state, path, capabilities, about?, stage?, reason?

Example:
  $ overture plugin list
  sms 0.1.0  loaded  channel.message/1)",
                              list}};

const std::string kCallHelp = std::string(R"(Usage: overture plugin call PLUGIN CAPABILITY OPERATION [OPTIONS]

Opens PLUGIN with the settings and prints one JSON object: {outcome, document?, error? {message, code?, retry_after_ms?}}.
Exit status: 0 for the outcome ok, 3 for every other, 1 when the plugin could not be opened.
  --settings F    its settings, a JSON object
  --secrets F     its secrets: {"secrets": {"NAME": "…"}}; they also come from OVERTURE_SECRET_NAME
  --request F     the request, a JSON object; - is standard input; without it {}
  --batch F       one request a line, one answer a line, its "id" copied; - is standard input
  --deadline D    for each call; 30s unless given
  --record F      adds each HTTP exchange to this file, its secrets taken out: the SDK's fake host plays it (FakeHost::play)
  --plugins DIR   the folder; otherwise OVERTURE_PLUGINS, otherwise the one that came with the program
)") + kOutboundHelp + R"(
Example:
  $ echo '{"text": "Hello", "first": true, "sender_name": "Sun & Co", "language": "en", "opt_out": true}' |
      overture plugin call sms channel.message/1 compose --request -)";

const Registered callCommand{
    {"plugin call", "asks a plugin one thing and prints its answer", kCallHelp.c_str(), call}};

}  // namespace
}  // namespace overture::cli
