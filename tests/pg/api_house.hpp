// The API on a real database, without sockets, and two organizations that have one of everything.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <string>

#include "api/api.hpp"
#include "api/route.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "feed/endpoints.hpp"
#include "openapi.hpp"
#include "pg/fixture.hpp"
#include "playbook/definition.hpp"

namespace overture::testing {

using api::Api;
using api::Route;
using api::routes;
using tenant::Role;

struct ApiTest : ::testing::Test {
    store::Database database{{.url = Postgres::shared().freshDatabase(), .sessions = 8}};
    VirtualClock clock{tuesday()};
    const tenant::Vault vault{std::string(32, 'k')};
    net::HttpClient http;
    plugin::Host host{{http, clock}};
    std::atomic<int> woken = 0;
    Api api{database, clock, [this] { ++woken; }, options()};

    api::Options options() {
        if (host.list().empty()) host.load(OVERTURE_BUILD_DIR "/plugins/sim");
        api::Options options{5000, 5, &vault, {1, 8192}};
        options.plugins = &host;
        options.recordingLink = [this](const OrganizationId& organization, const Uuid& call, int part,
                                       const std::optional<BindingId>&, const std::string& key) {
            if (key == "nowhere.wav") throw Error("the storage gives no link", "binding", "Look at it.");
            return Json{{"url", "https://calls.example/" + organization.text() + "/" + call.text() + "/" +
                                    std::to_string(part) + "/" + key},
                        {"expires_at", toRfc3339(clock.now() + seconds(900))}};
        };
        return options;
    }

    struct House {
        OrganizationId organization;
        std::map<std::string, std::string> ids;  // of the path: "conversation"
        std::map<Role, std::string> tokens;      // of keys
        std::map<Role, std::string> sessions;    // of people
    };
    House ours = house("Sunrise Solar", "+12025550101");
    House theirs = house("Brook Pest", "+12025550102");

    House house(const std::string& name, const std::string& phone) {
        House house{addOrganization(database, name), {}, {}, {}};
        for (const auto* what : {"campaign", "lead", "conversation", "permit", "delivery", "manager",
                                 "meeting", "binding", "key", "form", "import", "call"})
            house.ids[what] = uuid7(tuesday(), what + name).text();
        const auto id = [&](const char* what) { return "'" + house.ids[what] + "'"; };
        const auto own = "'" + house.organization.text() + "', ";
        const std::string now = "'2026-03-03T17:00:00Z'";
        auto tx = database.begin(house.organization);
        tx.script(
            "insert into playbook_versions values (" + own + "'v1', 'solar', '" + files() + "', " + now +
                "); insert into campaigns (organization_id, campaign_id, name, version, channels, state, "
                "starts_at, "
                "created_at, settings) values (" +
                own + id("campaign") + ", 'Spring', 'v1', '{sms}', 'running', " + now + ", " + now +
                ", '{\"company\": \"Tallyport\", \"product\": \"Tallyport Dispatch\"}'"
                "); insert into leads (organization_id, lead_id, external_id, phone, email, first_name, "
                "created_at) "
                "values (" +
                own + id("lead") + ", 'solar-1', '" + phone + "', 'ann@example.com', 'Ann', " + now +
                "); insert into conversations (organization_id, conversation_id, campaign_id, lead_id, "
                "version, "
                "stage, state, message_count, created_at, updated_at) values (" +
                own + id("conversation") + ", " + id("campaign") + ", " + id("lead") +
                ", 'v1', 'opening', 'open', 2, " + now + ", " + now +
                "); insert into mailboxes (organization_id, conversation_id) values (" + own +
                id("conversation") +
                "); insert into messages (organization_id, conversation_id, number, direction, "
                "author, channel, text, stage, at) values (" +
                own + id("conversation") + ", 1, 'out', 'agent', 'sms', 'Hi Ann', 'opening', " + now +
                "), (" + own + id("conversation") + ", 2, 'in', 'lead', 'sms', 'Who is this?', 'opening', " +
                now +
                "); insert into bindings (organization_id, binding_id, name, plugin, created_at) values (" +
                own + id("binding") + ", 'carrier', 'sim', " + now + "), (" + own + "'" +
                uuid7(tuesday(), "words" + name).text() + "', 'words', 'scripted', " + now +
                "); insert into permits values (" + own + id("permit") + ", 1, '" + phone +
                "', 'sms', 'marketing', " + now +
                ", '{}', '', 'h'); insert into deliveries "
                "(organization_id, delivery_id, conversation_id, lead_id, turn_number, channel, binding_id, "
                "recipient, "
                "text, state, due_at, permit_id, takeover_fence, created_at, updated_at) values (" +
                own + id("delivery") + ", " + id("conversation") + ", " + id("lead") + ", 1, 'sms', " +
                id("binding") + ", '" + phone + "', 'Hi Ann', 'due', " + now + ", " + id("permit") + ", 0, " +
                now + ", " + now + "); insert into account_managers values (" + own + id("manager") +
                ", 'Dana', 'dana@example.com', 'Europe/London', 'Mon-Fri 09:00-17:00'); insert into meetings "
                "(organization_id, meeting_id, manager_id, lead_id, conversation_id, span, blocked, state, "
                "title, "
                "lead_zone, confirmed_at, created_at, updated_at) values (" +
                own + id("meeting") + ", " + id("manager") + ", " + id("lead") + ", " + id("conversation") +
                ", '[2026-03-05 10:00Z, 2026-03-05 10:30Z)', '[2026-03-05 10:00Z, 2026-03-05 10:30Z)', "
                "'booked', "
                "'Solar', 'America/Phoenix', " +
                now + ", " + now + ", " + now + "); insert into forms values (" + own + id("form") + ", " +
                id("campaign") + ", 'Quote', 'US', 'You may text me.', '{https://www.brightroof.example}', " +
                now + "); insert into issuers values (" + own +
                "'https://login.example', 'c', 'x', 'https://desk.example', " + now + ");",
            "test");
        const auto endpoint =
            feed::createEndpoint(tx, house.organization, "https://crm.example/in", {}, "", vault, tuesday());
        tx.script(
            "insert into imports (organization_id, import_id, campaign_id, name, csv, created_at) values (" +
                own + id("import") + ", " + id("campaign") + ", 'spring.csv', 'phone', " + now + ")",
            "test");
        tx.script(
            "insert into calls (organization_id, call_id, conversation_id, binding_id, direction, state, "
            "started_at, "
            "answered_at, ended_at, answered_by, reason, details) values (" +
                own + id("call") + ", " + id("conversation") + ", " + id("binding") +
                ", 'outward', 'ended', " + now + ", " + now +
                ", '2026-03-03T17:04:00Z', 'person', 'hung_up', '{\"frames\": 12000}'); "
                "insert into call_lines (organization_id, call_id, number, who, text, from_ms, to_ms, words) "
                "values (" +
                own + id("call") + ", 1, 'agent', 'Is now a bad time?', 0, 1200, '[]'), (" + own +
                id("call") +
                ", 2, 'lead', 'Go on', 1500, 2100, '[{\"text\": \"Go\", \"from_ms\": 1500, \"to_ms\": "
                "1700}]'); "
                "insert into recordings (organization_id, call_id, part, binding_id, key, state, began_at, "
                "stored_at, "
                "bytes, milliseconds) values (" +
                own + id("call") + ", 1, " + id("binding") + ", 'calls/one.wav', 'stored', " + now + ", " +
                now + ", 3840058, 240000)",
            "test");
        house.ids["endpoint"] = endpoint.id.text();
        house.ids["send"] = uuid7(tuesday(), "send" + name).text();
        tx.script(
            "insert into endpoint_sends (organization_id, send_id, endpoint_id, kind, at, data, due_at, "
            "created_at) values (" +
                own + id("send") + ", " + id("endpoint") + ", 'message.received', " + now + ", '{}', " + now +
                ", " + now + ")",
            "test");
        for (const auto role : {Role::agent, Role::manager, Role::admin}) {
            house.tokens[role] =
                tenant::createKey(tx, house.organization, nameOf(role), role, std::nullopt, tuesday())
                    .value();
            const auto user = tenant::createUser(
                tx, house.organization, nameOf(role) + "@" + lowerAscii(split(name, ' ')[0]) + ".example",
                "Pat the " + nameOf(role), role, tuesday());
            const auto begun =
                tenant::beginSession(tx, vault, house.organization, user->id, "192.0.2.7", "test", tuesday());
            house.sessions[role] = begun.token;
            house.ids.emplace("user", user->id.text());
            house.ids.emplace("session", begun.id.text());
        }
        tx.commit();
        return house;
    }

    /// A playbook that passes its check, as SQL takes it.
    static const std::string& files() {
        static const auto text = replaceAll(
            toText(Json(playbook::readFolder(OVERTURE_SOURCE_DIR "/playbooks/b2b-demo"))), "'", "''");
        return text;
    }

    std::string client = "192.0.2.7";
    struct Said {
        int status = 0;
        Json body;
        std::map<std::string, std::string> headers;
    };
    Said call(const std::string& method, const std::string& target, const std::string& token,
              const std::string& body = {}, Json headers = Json::object()) {
        if (!token.empty()) headers["authorization"] = "Bearer " + token;
        if (!body.empty() && !headers.contains("content-type")) headers["content-type"] = "application/json";
        const auto answer = api.answer({method, target, headers, body, client});
        Said said{answer.status, {}, {}};
        if (answer.contentType.find("json") != std::string::npos && !answer.body.empty())
            said.body = Json::parse(answer.body);
        for (const auto& [name, value] : answer.headers) said.headers[name] = value;
        return said;
    }
    const std::string& admin() { return ours.tokens[Role::admin]; }
    std::string one(const std::string& more = {}) {
        return "/v1/conversations/" + ours.ids["conversation"] + more;
    }
    static void fits(const Json& document, const Route& route, const Json& body) {
        auto described = document;
        described["components"]["schemas"]["Answer"] =
            document["paths"][route.path][lowerAscii(route.method)]["responses"][std::to_string(route.status)]
                    ["content"]["application/json"]["schema"];
        EXPECT_THAT(openapi::Judge(described).faults(body, "Answer"), ::testing::IsEmpty())
            << route.operation;
    }
    std::string text(const std::string& sql) {
        const auto rows = database.run(ours.organization, {"test/text", sql.c_str()});
        return rows.empty() ? "" : rows[0].text("x");
    }

    /// The route's path with the ids of a house in it, and a body that fits.
    static std::string pathOf(const Route& route, const House& house) {
        auto path = route.path;
        for (const auto& [name, id] : house.ids) path = replaceAll(path, "{" + name + "}", id);
        return path;
    }
    static std::string targetOf(const Route& route, const House& house) {
        auto target = pathOf(route, house);
        if (route.query.is_object())
            for (const auto& [name, schema] : route.query.items())
                if (schema.contains("examples"))
                    target += (target.find('?') == std::string::npos ? "?" : "&") + name + "=" +
                              replaceAll(schema["examples"][0].get<std::string>(), "+", "%2B");
        return target;
    }
    static std::string bodyOf(const Route& route, const House& house) {
        return route.body.is_null() ? "" : toText(exampleOf(route.body, house));
    }
    /// What fits a schema: its example, or the least that does; where a thing is named, the house's.
    static Json exampleOf(const Json& schema, const House& house, const std::string& name = {}) {
        if (house.ids.contains(name)) return house.ids.at(name);
        if (schema.contains("examples")) return schema["examples"][0];
        if (schema.contains("default")) return schema["default"];
        if (schema.contains("enum")) return schema["enum"][0];
        const auto type = schema.at("type").is_array() ? textOf(schema["type"], "0") : textOf(schema, "type");
        if (type == "integer" || type == "number") return schema.value("minimum", 1);
        if (type == "boolean") return true;
        if (type == "array") return Json::array();
        if (type == "string")
            return std::string(std::max<std::size_t>(schema.value("minLength", 1U), 1), 'x');
        Json made = Json::object();
        for (const auto& required : schema.value("required", Json::array()))
            made[required.get<std::string>()] =
                exampleOf(schema["properties"][required.get<std::string>()], house, required);
        return made;
    }
    /// Every row that an organization has, so that it shows whether anything of it was changed.
    std::string everythingOf(const House& house) {
        std::string all;
        for (const auto table : database.beginOwner().run(
                 {"test/tables",
                  "select relname as name from pg_class where relnamespace = "
                  "'public'::regnamespace and relkind = 'r' "
                  "and relname not in ('schema_migrations', 'feed_kept') order by 1"})) {
            const auto sql = "select coalesce(string_agg(t::text, chr(10) order by t::text), '') as x from " +
                             table.text("name") + " t";
            all += table.text("name") + ":" +
                   database.run(house.organization, {"test/all", sql.c_str()})[0].text("x");
        }
        return all;
    }
};

}  // namespace overture::testing
