// Playbooks and their published versions: shown, checked, published, used.
#include "api/shared.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "campaign/versions.hpp"
#include "playbook/check_folder.hpp"
#include "queries/api.hpp"

namespace overture::api {
namespace {

using tenant::Role;

constexpr std::size_t kMostFiles = 500;
constexpr std::size_t kLongestPath = 200;
constexpr std::size_t kMostFindings = 200;  // in one answer
constexpr const char* kSettings = "settings.json";

const char* nameOf(playbook::FactType type) {
    using playbook::FactType;
    switch (type) {
        case FactType::number: return "number";
        case FactType::money: return "money";
        case FactType::yesNo: return "yes_no";
        case FactType::oneOf: return "one_of";
        case FactType::date: return "date";
        case FactType::time: return "time";
        case FactType::phone: return "phone";
        case FactType::email: return "email";
        case FactType::postalCode: return "postal_code";
        case FactType::text: break;
    }
    return "text";
}

template <typename List, typename Make>
Json listOf(const List& all, const Make& make) {
    Json list = Json::array();
    for (const auto& one : all) list.push_back(make(one));
    return list;
}

Json jsonOf(const std::map<std::string, playbook::Fact>& facts) {
    return listOf(facts, [](const auto& entry) {
        const auto& [name, fact] = entry;
        return Json{{"name", name},
                    {"type", nameOf(fact.type)},
                    {"required", fact.required},
                    {"choices", fact.choices},
                    {"ask", Json(fact.ask)}};
    });
}

Json jsonOf(const playbook::Stage& stage) {
    const auto moves = listOf(stage.moves, [](const playbook::Move& move) {
        return Json{{"to", move.to}, {"when", move.when}, {"by_function", move.isFunction}};
    });
    return {
        {"name", stage.name},
        {"goal", stage.goal},
        {"collect", stage.collect},
        {"moves", moves},
        {"quiet",
         stage.quiet ? Json{{"after_seconds", stage.quiet->after.count()}, {"go", stage.quiet->go}} : Json()},
        {"strict", stage.strict},
        {"hands_over", stage.handsOver},
        {"closes", stage.closes},
        {"books", stage.booking.has_value()}};
}

Json jsonOf(const playbook::Definition& definition) {
    const auto objections = listOf(definition.objections, [](const playbook::Objection& one) {
        return Json{
            {"name", one.name}, {"hear", one.hear}, {"tries", one.tries}, {"otherwise", one.otherwise}};
    });
    const auto cadence = listOf(definition.cadence, [](const playbook::Touch& touch) {
        return Json{{"channel", touch.channel},
                    {"after_seconds", touch.after.count()},
                    {"between", touch.between},
                    {"days", touch.days},
                    {"template", touch.templateName}};
    });
    const auto checkpoints = listOf(definition.checkpoints, [](const playbook::Checkpoint& one) {
        return Json{{"name", one.name}, {"about", one.about}, {"points", one.points}};
    });
    return {
        {"playbook", definition.id},
        {"about", definition.about},
        {"api", definition.api},
        {"channels", definition.channels},
        {"languages", definition.languages},
        {"persona", definition.persona.is_object() ? definition.persona : Json::object()},
        {"settings", jsonOf(definition.settings)},
        {"facts", jsonOf(definition.facts)},
        {"first_stage", definition.firstStage},
        {"inbound_stage", definition.inboundStage.empty() ? definition.firstStage : definition.inboundStage},
        {"stages", listOf(definition.stages, [](const playbook::Stage& stage) { return jsonOf(stage); })},
        {"objections", objections},
        {"cadence", cadence},
        {"templates", listOf(definition.templates, [](const auto& one) { return Json(one.name); })},
        {"variants", listOf(definition.variants,
                            [](const auto& one) {
                                return Json{{"name", one.name}, {"share", one.share}};
                            })},
        {"checkpoints", checkpoints},
        {"tools", Json(definition.tools)}};
}

std::pair<std::string, playbook::Files> wanted(Call& call) {
    const auto version = textOf(call.query, "version");
    if (version.empty())
        throw Refusal{400, "invalid", "Say which version; `/v1/versions` shows them.", "version"};
    return orRefuse(
        404, "not_found", [&] { return campaign::versionNamed(call.tx, call.organization, version); },
        "version");
}

Answer show(Call& call) {
    const auto [version, files] = wanted(call);
    const auto checked = playbook::check(files);
    if (!checked.ok())
        throw Refusal{409, "version", "It no longer passes its check; publish a mended one.", "version"};
    auto document = jsonOf(*checked.definition);
    document["version"] = version;
    return {std::move(document), version};
}

Answer showFiles(Call& call) {
    const auto [version, files] = wanted(call);
    return {{{"version", version}, {"files", Json(files)}}, version};
}

/// A playbook's folder as it was sent.
struct Package {
    playbook::Files files, specs;
    std::optional<std::string> settings;
};

bool isPlain(const std::string& path) {
    const auto parts = split(path, '/');
    return path.size() <= kLongestPath && path.find('\\') == std::string::npos &&
           std::none_of(path.begin(), path.end(), [](char c) { return c >= 0 && c < ' '; }) &&
           std::none_of(parts.begin(), parts.end(),
                        [](const auto& part) { return part.empty() || part.front() == '.'; });
}

Package packageIn(const Json& files) {
    Package package;
    if (files.size() > kMostFiles)
        throw Refusal{400, "invalid", "It has more than " + std::to_string(kMostFiles) + " files.", "files"};
    for (const auto& [path, text] : files.items()) {
        if (!text.is_string()) throw Refusal{400, "invalid", "A file is its text.", "files." + path};
        const bool isLua = path.ends_with(".lua"), isText = path.ends_with(".md") || path.ends_with(".txt");
        const bool isPart = path.starts_with("texts/") || path.starts_with("people/");
        if (path == kSettings)
            package.settings = text;
        else if (isPlain(path) && path.starts_with("tests/") && isLua)
            package.specs[path] = text;
        else if (isPlain(path) && (path == "playbook.lua" || (isPart && (isLua || isText))))
            package.files[path] = text;
        else
            throw Refusal{
                400, "invalid",
                "This is no part of a playbook: playbook.lua, texts/ and people/ (.lua, .md, .txt), "
                "tests/ (.lua) and settings.json are.",
                "files." + path};
    }
    return package;
}

playbook::Checked checkedIn(Call& call, Package& package) {
    package = packageIn(call.body["files"]);
    const LongWork::Place place(call.means.longWork, call.organization);
    return playbook::checkWhole(package.files, package.specs, package.settings);
}

Answer check(Call& call) {
    Package package;
    const auto checked = checkedIn(call, package);
    auto findings = playbook::toJson(checked.findings);
    const auto all = findings.size();
    if (all > kMostFindings)
        findings.erase(findings.begin() + static_cast<std::ptrdiff_t>(kMostFindings), findings.end());
    return {{{"ok", checked.ok()},
             {"playbook", checked.ok() ? Json(checked.definition->id) : Json()},
             {"version", playbook::versionOf(package.files)},
             {"findings", std::move(findings)},
             {"findings_in_all", all}}};
}

Answer publish(Call& call) {
    Package package;
    const auto checked = checkedIn(call, package);
    if (!checked.ok()) {
        for (const auto& finding : checked.findings)
            if (finding.severity == "error")
                throw Refusal{422, "mistakes",
                              playbook::sentence(finding) + (finding.suggestion.ends_with('.') ? "" : ".") +
                                  " `/v1/playbooks/check` lists every mistake.",
                              "files." + finding.place.substr(0, finding.place.rfind(':'))};
    }
    const auto version =
        campaign::publish(call.tx, call.organization, package.files, checked.definition->id, call.now);
    return {{{"version", version}, {"playbook", checked.definition->id}},
            {},
            false,
            {{"version", version}, {"playbook", checked.definition->id}}};
}

Answer listVersions(Call& call) {
    Json items = Json::array();
    for (const auto& one : campaign::versions(call.tx, call.organization))
        items.push_back({{"version", one.version},
                         {"playbook", one.playbook},
                         {"published_at", toRfc3339(one.publishedAt)},
                         {"campaigns", one.campaigns},
                         {"shares", one.shares},
                         {"conversations", one.conversations}});
    return all(std::move(items));
}

/// Begins transactions of its own: said again, it finishes what a crash left undone.
Answer useVersion(Call& call) {
    const auto id = call.id<CampaignId>("campaign");
    if (call.tx.run(sql::api::campaigns, {call.organization, nullptr, id, 1}).empty()) notFound("campaign");
    const auto wanted = textOf(call.body, "version");
    return orRefuse(409, "version", [&]() -> Answer {
        const auto name = wanted.empty() ? campaign::versionBefore(call.tx, call.organization, id) : wanted;
        const auto [version, definition] = campaign::checkedVersion(call.tx, call.organization, name);
        const auto change = campaign::useVersion(call.database, call.organization, id, version, *definition,
                                                 compliance::Gate(), call.now);
        return {{{"version", version},
                 {"before", change.before},
                 {"moved", change.moved},
                 {"planned", change.plan.planned}},
                {},
                true,
                {{"version", version}, {"before", change.before}}};
    });
}

Json list(Json item) {
    return {{"type", "array"}, {"items", std::move(item)}};
}

Json factsSchema() {
    return list(object({{"name", type("string")},
                        {"type", type("string")},
                        {"required", type("boolean")},
                        {"choices", list(type("string"))},
                        {"ask", type("object", "by language")}}));
}

Json definitionSchema() {
    const auto move =
        object({{"to", type("string")}, {"when", type("string")}, {"by_function", type("boolean")}});
    const auto stage = object({{"name", type("string")},
                               {"goal", type("string")},
                               {"collect", list(type("string"))},
                               {"moves", list(move)},
                               {"quiet", maybe("object", "where it goes after a silence")},
                               {"strict", type("boolean", "only its approved lines may be said")},
                               {"hands_over", type("boolean", "to a person")},
                               {"closes", type("boolean")},
                               {"books", type("boolean", "meetings")}});
    return object(
        {{"version", type("string")},
         {"playbook", type("string")},
         {"about", type("string")},
         {"api", type("integer")},
         {"channels", list(type("string"))},
         {"languages", list(type("string"))},
         {"persona", type("object")},
         {"settings", factsSchema()},
         {"facts", factsSchema()},
         {"first_stage", type("string")},
         {"inbound_stage", type("string")},
         {"stages", list(stage)},
         {"objections", list(object({{"name", type("string")},
                                     {"hear", type("string")},
                                     {"tries", type("integer")},
                                     {"otherwise", type("string")}}))},
         {"cadence", list(object({{"channel", type("string")},
                                  {"after_seconds", type("integer")},
                                  {"between", type("string")},
                                  {"days", type("string")},
                                  {"template", type("string")}}))},
         {"templates", list(type("string"))},
         {"variants", list(object({{"name", type("string")}, {"share", type("integer")}}))},
         {"checkpoints",
          list(object({{"name", type("string")}, {"about", type("string")}, {"points", type("integer")}}))},
         {"tools", list(type("string"))}});
}

/// The least that passes a check, for who reads the document.
Json packageSchema() {
    auto package = object(
        {{"files", {{"type", "object"}, {"description", "texts by path: playbook.lua, texts/offer.md"}}}},
        {"files"});
    package["examples"] = {{{"files",
                             {{"playbook.lua",
                               R"(return playbook {
  api = 1, id = "hello", channels = { "sms" },
  settings = { company = text { required = true } },
  persona = { name = "Katie" },
  facts = { decides = yes_no { ask = "Would you decide about it yourself?" } },
  stages = {
    opening = stage {
      goal = "earn a minute of attention", collect = { "decides" },
      lines = { "Hi {lead.first_name}, {persona.name} from {settings.company}. May I ask something?" },
      moves = { meeting = function(talk) return talk.facts.decides end, closed = "not interested" },
    },
    meeting = booking { quiet = { after = "3d", go = "closed" } },
    closed = stage { goal = "end kindly", closes = true },
  },
}
)"}}}}};
    return package;
}

}  // namespace

std::vector<Route> playbookRoutes() {
    const auto strings = [](const char* about) {
        return Json{{"type", "array"}, {"items", type("string")}, {"description", about}};
    };
    const Json which{{"version",
                      {{"type", "string"},
                       {"minLength", 1},
                       {"maxLength", 100},
                       {"examples", {"v1"}},
                       {"description", "its first characters do"}}}};
    return {
        {"GET",
         "/v1/versions",
         "listVersions",
         "The published versions of playbooks, the newest first.",
         Role::agent,
         {},
         {},
         listSchema(object({{"version", type("string")},
                            {"playbook", type("string")},
                            {"published_at", time()},
                            {"campaigns", strings("that begin with it")},
                            {"shares", strings("of campaigns that begin a part with it")},
                            {"conversations", type("integer", "that run on it; of more, 1,000")}})),
         listVersions},
        {"POST",
         "/v1/campaigns/{campaign}/version",
         "useVersion",
         "New conversations begin with this version, and those in which nothing has happened; without one, "
         "with the version "
         "before the present one. All others keep theirs.",
         Role::manager,
         {},
         [&] {
             auto wanted = object({{"version", {{"type", "string"}, {"minLength", 1}, {"maxLength", 100}}}},
                                  Json::array());
             wanted["examples"] = {{{"version", "v1"}}};
             return wanted;
         }(),
         object({{"version", type("string")},
                 {"before", type("string")},
                 {"moved", type("integer", "conversations that had not begun")},
                 {"planned", type("integer")}}),
         useVersion},
        {"GET",
         "/v1/versions/show",
         "showVersion",
         "What one version says: its stages and the ways between them, facts, settings, cadence.",
         Role::agent,
         which,
         {},
         definitionSchema(),
         show},
        {"GET",
         "/v1/versions/files",
         "showVersionFiles",
         "One version's files, as they were published.",
         Role::manager,
         which,
         {},
         object({{"version", type("string")}, {"files", type("object", "texts by path")}}),
         showFiles},
        {"POST",
         "/v1/playbooks/check",
         "checkPlaybook",
         "Finds every mistake of a playbook, with its place.",
         Role::manager,
         {},
         packageSchema(),
         object({{"ok", type("boolean", "it may be published")},
                 {"playbook", maybe("string", "its id")},
                 {"version", type("string", "that it would be")},
                 {"findings", list(object({{"severity", type("string")},
                                           {"place", type("string", "playbook.lua:31")},
                                           {"file", type("string")},
                                           {"line", type("integer")},
                                           {"message", type("string")},
                                           {"suggestion", type("string")}}))},
                 {"findings_in_all", type("integer", "of which 200 are shown")}}),
         check},
        {"POST",
         "/v1/playbooks/publish",
         "publishPlaybook",
         "Checks a playbook and keeps it as an immutable version. Nothing begins with it before a campaign "
         "does "
         "(`/v1/campaigns/{campaign}/version`).",
         Role::manager,
         {},
         packageSchema(),
         object({{"version", type("string")}, {"playbook", type("string")}}),
         publish},
    };
}

}  // namespace overture::api
