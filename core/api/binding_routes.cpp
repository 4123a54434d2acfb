// Which plugins an organization uses, with what settings and secrets, and whether they work.
#include "api/shared.hpp"
#include "plugin/trial.hpp"
#include "queries/api.hpp"

namespace overture::api {
namespace {

using tenant::Role;

constexpr std::size_t kMostBindings = 200;

std::string asSentence(std::string text) {
    if (!text.ends_with('.') && !text.ends_with('?')) text += '.';
    return text;
}

/// Names, or objects {name, required = true, about}.
Json secretsIn(const Json& manifest) {
    Json secrets = Json::array();
    for (const auto& entry : manifest.value("secrets", Json::array()))
        secrets.push_back({{"name", entry.is_string() ? entry.get<std::string>() : textOf(entry, "name")},
                           {"required", !entry.is_object() || entry.value("required", true)},
                           {"about", entry.is_object() ? textOf(entry, "about") : ""}});
    return secrets;
}

bool opensOwnConnections(const Json& manifest) {
    return manifest.value("own_connections", Json(false)) == true;
}

Answer listPlugins(Call& call) {
    Json items = Json::array();
    for (const auto& one : call.means.host().list())
        if (one.state == "loaded")
            items.push_back(
                {{"plugin", one.id},
                 {"version", one.version},
                 {"about", textOf(one.manifest, "about")},
                 {"capabilities", one.capabilities},
                 {"settings_schema", one.manifest.value("settings_schema", Json{{"type", "object"}})},
                 {"secrets", secretsIn(one.manifest)},
                 {"by_operators_only", opensOwnConnections(one.manifest)}});
    return all(std::move(items));
}

Json jsonOf(const tenant::ListedBinding& one) {
    return {{"id", one.id.text()},
            {"name", one.name},
            {"plugin", one.plugin},
            {"settings", one.settings},
            {"secrets", one.sealed},
            {"calls_at_once", one.callsAtOnce == 0 ? Json() : Json(one.callsAtOnce)},
            {"hook", "/hooks/" + one.id.text()}};
}

Answer list(Call& call) {
    Json items = Json::array();
    for (const auto& one : tenant::bindings(call.tx, call.organization)) items.push_back(jsonOf(one));
    return all(std::move(items));
}

/// "plugin acme, settings.base_url" is about settings.base_url.
Refusal refusalOf(const Problem& problem) {
    const auto comma = problem.where.find(", ");
    return {400, "invalid", asSentence(Problem{problem.what, "", problem.remedy}.sentence()),
            problem.where.empty()        ? "plugin"
            : comma == std::string::npos ? "settings"
                                         : problem.where.substr(comma + 2)};
}

/// What goes out through the engine goes where its operator lets it; what does not is the operator's to bind.
void mustBeBoundByAnybody(const plugin::Host& host, const std::string& plugin) {
    for (const auto& one : host.list())
        if (one.id == plugin && opensOwnConnections(one.manifest))
            throw Refusal{
                403, "operator_only",
                "This plugin connects by itself to whatever its settings name: an operator binds it "
                "(`overture binding add`).",
                "plugin"};
}

tenant::Secrets secretsOf(const Json& given) {
    tenant::Secrets secrets;
    for (const auto& [name, value] : given.items()) {
        if (!value.is_string() || value.get_ref<const std::string&>().empty())
            throw Refusal{400, "invalid", "A secret is a text that is not empty.", "secrets." + name};
        secrets[name] = value;
    }
    return secrets;
}

Json namesOf(const tenant::Secrets& secrets) {
    Json names = Json::array();
    for (const auto& [name, value] : secrets) names.push_back(name);
    return names;
}

void mustNotBeTooMany(Call& call, const std::string& name) {
    const auto present = tenant::bindings(call.tx, call.organization);
    const bool known =
        std::any_of(present.begin(), present.end(), [&](const auto& one) { return one.name == name; });
    if (!known && present.size() >= kMostBindings)
        throw Refusal{409, "too_many",
                      "There are " + std::to_string(kMostBindings) +
                          " bindings already, as many as an organization may have."};
}

Answer save(Call& call) {
    auto& host = call.means.host();
    tenant::Binding binding{BindingId(uuid7(call.now)),
                            call.body["name"],
                            call.body["plugin"],
                            call.body["settings"],
                            secretsOf(call.body["secrets"]),
                            call.body.value("calls_at_once", 0)};
    mustBeBoundByAnybody(host, binding.plugin);
    mustNotBeTooMany(call, binding.name);
    if (const auto opened = host.open(binding.plugin, binding.settings, binding.secrets); !opened)
        throw refusalOf(opened.problem());
    const auto* vault = binding.secrets.empty() ? nullptr : &call.means.sealing();
    const auto id = tenant::saveBinding(call.tx, call.organization, binding, vault, call.now);
    return {{{"id", id.text()},
             {"name", binding.name},
             {"replaced", id != binding.id},
             {"hook", "/hooks/" + id.text()}},
            {},
            false,
            {{"name", binding.name},
             {"plugin", binding.plugin},
             {"settings", binding.settings},
             {"secrets", namesOf(binding.secrets)}}};
}

Answer found(bool works, bool asked, const std::string& outcome, const std::string& code,
             const std::string& message) {
    Json document{
        {"works", works}, {"asked", asked}, {"outcome", outcome}, {"code", code}, {"message", message}};
    return {document, {}, false, {{"works", works}, {"outcome", outcome}}};
}

/// What a carrier says of how many people a day may be written to first is kept, and held to.
void keepPeopleADay(Call& call, const BindingId& binding, const Json& said) {
    const auto people = said.value("people_per_day", Json());
    if (people.is_number_unsigned())
        tenant::limitPeople(call.tx, call.organization, binding, {{"carrier", people > 0 ? people : Json()}});
}

Answer check(Call& call) {
    auto& host = call.means.host();
    const auto id = call.id<BindingId>("binding");
    const auto binding = orRefuse(503, "no_vault", [&] {
        return tenant::findBinding(call.tx, call.organization, id, call.means.vault);
    });
    if (!binding) notFound("binding");
    const LongWork::Place place(call.means.longWork, call.organization);
    const auto instance =
        host.open(binding->plugin, binding->settings, binding->secrets,
                  call.means.terms ? call.means.terms(call.organization, *binding) : plugin::Terms{});
    if (!instance) return found(false, false, "invalid", "", asSentence(instance.problem().sentence()));
    const auto reply = plugin::tryOut(**instance, binding->name, call.now);
    if (!reply)
        return found(true, false, "ok", "",
                     "Its settings are right; nothing harmless can be asked of a plugin of this kind.");
    if (!reply->ok())
        return found(false, true, std::string(plugin::nameOf(reply->outcome)), reply->code, reply->message);
    keepPeopleADay(call, id, reply->document);
    return found(true, true, "ok", "", textOf(reply->document, "about"));
}

}  // namespace

std::vector<Route> bindingRoutes() {
    const auto text = [](const char* about, int longest, const char* example) {
        return Json{{"type", "string"},
                    {"minLength", 1},
                    {"maxLength", longest},
                    {"description", about},
                    {"examples", {example}}};
    };
    const auto secret =
        object({{"name", type("string")}, {"required", type("boolean")}, {"about", type("string")}});
    auto name =
        text("such as text; one that is named by a capability, such as enrichment/1, serves every campaign",
             100, "text");
    name["pattern"] = "^[A-Za-z0-9][A-Za-z0-9 ._-]*(/[0-9]+)?$";
    const auto saved = object(
        {{"name", name},
         {"plugin", text("`/v1/plugins` shows them", 100, "sim")},
         {"settings",
          {{"type", "object"},
           {"default", Json::object()},
           {"description", "as the plugin's settings_schema wants them"}}},
         {"secrets",
          {{"type", "object"},
           {"default", Json::object()},
           {"description",
            "texts by name: kept sealed, shown nowhere. Those of a binding that is replaced are not "
            "taken along"}}},
         {"calls_at_once",
          {{"type", "integer"},
           {"minimum", 1},
           {"maximum", 20000},
           {"description", "so many of its calls run at once in one engine, the others wait in line"}}}},
        {"name", "plugin"});
    return {
        {"GET",
         "/v1/plugins",
         "listPlugins",
         "What bindings can be made of, and what each wants to know.",
         Role::admin,
         {},
         {},
         listSchema(object({{"plugin", type("string")},
                            {"version", type("string")},
                            {"about", type("string")},
                            {"capabilities", {{"type", "array"}, {"items", type("string")}}},
                            {"settings_schema", type("object", "JSON Schema of its settings")},
                            {"secrets", {{"type", "array"}, {"items", secret}}},
                            {"by_operators_only",
                             type("boolean", "it connects by itself: `overture binding add` binds it")}})),
         listPlugins},
        {"GET",
         "/v1/bindings",
         "listBindings",
         "Which plugins the organization uses, without their secrets.",
         Role::admin,
         {},
         {},
         listSchema(object({{"id", uuid()},
                            {"name", type("string")},
                            {"plugin", type("string")},
                            {"settings", type("object")},
                            {"secrets", type("boolean", "it has some")},
                            {"calls_at_once", maybe("integer")},
                            {"hook", type("string", "where its vendor calls back")}})),
         list},
        {"POST",
         "/v1/bindings",
         "saveBinding",
         "Adds a binding, or replaces the one of this name, settings, secrets and all; it keeps its id. "
         "Engines take "
         "it up within five seconds.",
         Role::admin,
         {},
         saved,
         object({{"id", uuid()},
                 {"name", type("string")},
                 {"replaced", type("boolean")},
                 {"hook", type("string", "where its vendor calls back")}}),
         save},
        {"POST",
         "/v1/bindings/{binding}/check",
         "checkBinding",
         "Makes one harmless call by it: a carrier looks for a message that was never sent, a model says one "
         "word.",
         Role::admin,
         {},
         {},
         object({{"works", type("boolean")},
                 {"asked", type("boolean", "false: its settings alone were looked at")},
                 {"outcome", type("string")},
                 {"code", type("string", "the vendor's own")},
                 {"message", type("string", "what is wrong, or how the account stands")}}),
         check},
    };
}

}  // namespace overture::api
