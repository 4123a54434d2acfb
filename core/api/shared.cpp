#include "api/shared.hpp"
#include "base/digest.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace overture::api {
namespace {

constexpr std::size_t kTagLength = 32;

Json described(Json schema, const char* about) {
    if (*about != '\0') schema["description"] = about;
    return schema;
}

}  // namespace

void Call::mustMatch(const std::string& tag) const {
    if (ifMatch.empty() || ifMatch == "*" || ifMatch == "\"" + tag + "\"") return;
    throw Refusal{412, "changed", "It has changed since you read it; read it again.", "If-Match"};
}

std::string Call::speaker() const {
    const auto by = textOf(body, "by");
    if (caller.session && !by.empty() && by != caller.actor.name)
        throw Refusal{400, "invalid", "You speak in your own name; leave it out.", "by"};
    return by.empty() ? caller.actor.name : by;
}

const tenant::Vault& Means::sealing() const {
    if (vault == nullptr)
        throw Refusal{503, "no_vault", "Nobody can sign in here: there is no key to seal with."};
    return *vault;
}

plugin::Host& Means::host() const {
    if (plugins == nullptr) throw Refusal{503, "no_plugins", "This server has no plugins at hand to ask."};
    return *plugins;
}

Json listQuery(Json more) {
    more["limit"] = {{"type", "integer"},
                     {"minimum", 1},
                     {"maximum", 200},
                     {"default", 50},
                     {"description", "how many at most"}};
    more["after"] = {{"type", "string"}, {"description", "`next` of the page before"}};
    return more;
}

Json listSchema(const Json& item) {
    return object({{"items", {{"type", "array"}, {"items", item}}},
                   {"next", maybe("string", "`after` of the next page; null on the last")}});
}

std::optional<Uuid> after(const Call& call) {
    if (!call.query.contains("after")) return std::nullopt;
    const auto id = Uuid::parse(call.query["after"].get<std::string>());
    if (!id) throw Refusal{400, "invalid", "This is no cursor; take `next` of the page before.", "after"};
    return id;
}

Uuid highest() {
    return *Uuid::parse("ffffffff-ffff-ffff-ffff-ffffffffffff");
}

Uuid below(const Call& call) {
    return after(call).value_or(highest());
}

int rowsWanted(const Call& call) {
    return call.query["limit"].get<int>() + 1;
}

Answer page(const Call& call, Json items) {
    const auto limit = call.query["limit"].get<std::size_t>();
    Json next;
    if (items.size() > limit) {
        items.erase(items.begin() + static_cast<std::ptrdiff_t>(limit), items.end());
        next = items.back().at("id");
    }
    return {{{"items", std::move(items)}, {"next", std::move(next)}}};
}

Answer all(Json items) {
    return {{{"items", std::move(items)}, {"next", nullptr}}};
}

void notFound(const std::string& what) {
    throw Refusal{404, "not_found", "There is no such " + what + "."};
}

void tooOften(seconds wait) {
    throw Refusal{429, "too_many_guesses", "This was tried too often; try again later.", "", wait};
}

std::string listOfOne(const Cells& cells) {
    const auto quoted = [](const std::string& text) { return "\"" + replaceAll(text, "\"", "\"\"") + "\""; };
    std::string header, row;
    for (const auto& [name, value] : cells) {
        header += (header.empty() ? "" : ",") + quoted(name);
        row += (row.empty() ? "" : ",") + quoted(value);
    }
    return header + "\n" + row + "\n";
}

std::string plainText(const std::string& header) {
    auto text = toValidUtf8(header);
    std::erase(text, '\0');
    return text;
}

std::string tagOf(const store::Row& row) {
    return std::to_string(row.instant("updated_at").time_since_epoch().count()) + "-" +
           std::to_string(row.integer("takeover_fence"));
}

std::string tagOf(const Json& document) {
    return toHex(sha256(toText(document))).substr(0, kTagLength);
}

Json tagged(Json document) {
    document["tag"] = tagOf(document);
    return document;
}

Json textOrNull(const store::Row& row, const char* column) {
    const auto text = row.maybe(column);
    return text ? Json(*text) : Json();
}

Json timeOrNull(const store::Row& row, const char* column) {
    return timeOrNull(row.maybeInstant(column));
}

Json timeOrNull(const std::optional<Instant>& at) {
    return at ? Json(toRfc3339(*at)) : Json();
}

Json object(Json properties) {
    Json required = Json::array();
    for (const auto& [name, schema] : properties.items()) required.push_back(name);
    return object(std::move(properties), std::move(required));
}

Json object(Json properties, Json required) {
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)},
            {"additionalProperties", false}};
}

Json type(const char* name, const char* about) {
    return described({{"type", name}}, about);
}

Json maybe(const char* name, const char* about) {
    return described({{"type", {name, "null"}}}, about);
}

Json uuid(const char* about) {
    return described({{"type", "string"}, {"format", "uuid"}}, about);
}

Json time(const char* about) {
    return described({{"type", "string"}, {"format", "date-time"}}, about);
}

Json maybeTime(const char* about) {
    return described({{"type", {"string", "null"}}, {"format", "date-time"}}, about);
}

}  // namespace overture::api
