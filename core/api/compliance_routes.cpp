#include "api/shared.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "compliance/consent.hpp"
#include "compliance/evidence.hpp"
#include "compliance/records.hpp"
#include "compliance/rules.hpp"
#include "queries/api.hpp"

namespace overture::api {
namespace {

using tenant::Role;

/// An email address as it is, a number in E.164.
std::string addressIn(const Json& document) {
    const auto given = textOf(document, "address");
    if (given.find('@') != std::string::npos) {
        const auto email = tenant::emailIn(given);
        if (!email) throw Refusal{400, "invalid", "This is no email address.", "address"};
        return *email;
    }
    const auto phone = compliance::checkPhone(given);
    if (!phone.valid)
        throw Refusal{
            400, "invalid",
            "This is neither an email address nor a number with its country's code: " + phone.reason + ".",
            "address"};
    return phone.e164;
}

Instant instantIn(const Json& document, const char* field, Instant otherwise) {
    if (!document.contains(field)) return otherwise;
    const auto at = parseRfc3339(document[field].get<std::string>());
    if (!at) throw Refusal{400, "invalid", "This is no time; 2026-03-02T18:00:00Z is one.", field};
    return *at;
}

Json jsonOf(const compliance::Consent& consent, Instant now) {
    return {{"id", consent.id.text()},
            {"address", consent.address},
            {"channel", consent.channel},
            {"purpose", consent.purpose},
            {"level", compliance::nameOf(consent.level)},
            {"source", consent.source},
            {"proof", consent.proof},
            {"given_at", toRfc3339(consent.givenAt)},
            {"expires_at", timeOrNull(consent.expiresAt)},
            {"revoked_at", timeOrNull(consent.revokedAt)},
            {"state", consent.stateAt(now)}};
}

Answer listConsents(Call& call) {
    Json items = Json::array();
    for (const auto& one : compliance::consentsOf(call.tx, call.organization, addressIn(call.query)))
        items.push_back(jsonOf(one, call.now));
    return {{{"items", items}, {"next", nullptr}}};
}

Answer giveConsent(Call& call) {
    compliance::Consent consent;
    consent.address = addressIn(call.body);
    consent.channel = call.body["channel"];
    consent.purpose = call.body["purpose"];
    consent.level = *compliance::consentLevelOf(call.body["level"].get<std::string>());
    consent.source = call.body["source"];
    for (const auto* name : {"text", "ip", "page"})
        if (call.body.contains(name)) consent.proof[name] = call.body[name];
    consent.givenAt = instantIn(call.body, "given_at", call.now);
    if (consent.givenAt > call.now) throw Refusal{400, "invalid", "This is a time to come.", "given_at"};
    if (call.body.contains("expires_at")) consent.expiresAt = instantIn(call.body, "expires_at", call.now);
    const bool made = orRefuse(400, "invalid",
                               [&] { return compliance::giveConsent(call.tx, call.organization, consent); });
    return {{{"address", compliance::keptAddress(consent.address)},
             {"recorded", made},
             {"state", consent.stateAt(call.now)}},
            {},
            false,
            {{"address", consent.address}}};
}

Answer revokeConsent(Call& call) {
    const auto address = addressIn(call.body);
    const auto ended = compliance::revokeConsent(
        call.tx, call.organization, address, call.body["channel"], call.body["purpose"],
        {{"why", textOf(call.body, "why")}, {"at", toRfc3339(call.now)}, {"by", call.caller.actor.name}},
        call.now);
    return {{{"address", address}, {"revoked", ended}}, {}, false, {{"address", address}}};
}

Answer listSuppressions(Call& call) {
    std::string last = textOf(call.query, "after"), channel;
    if (const auto gap = last.find(' '); gap != std::string::npos) {
        channel = last.substr(gap + 1);
        last.resize(gap);
    }
    std::vector<store::Param> asked{call.organization, last, channel, rowsWanted(call)};
    const bool ofOne = call.query.contains("address");
    if (ofOne) asked.emplace_back(addressIn(call.query));
    Json items = Json::array();
    for (const auto row : call.tx.run(ofOne ? sql::api::suppressions_of : sql::api::suppressions, asked))
        items.push_back({{"id", row.text("address") + " " + row.text("channel")},
                         {"address", row.text("address")},
                         {"channel", row.text("channel")},
                         {"reason", row.text("reason")},
                         {"at", toRfc3339(row.instant("at"))}});
    return page(call, std::move(items));
}

Answer suppress(Call& call) {
    const auto address = addressIn(call.body);
    compliance::suppress(call.tx, call.organization, {address}, call.body["reason"],
                         {{"by", call.caller.actor.name}, {"at", toRfc3339(call.now)}}, call.now);
    return {{{"address", address}}, {}, true, {{"address", address}}};
}

}  // namespace

std::vector<Route> complianceRoutes() {
    const Json address{{"type", "string"},
                       {"minLength", 3},
                       {"maxLength", 254},
                       {"examples", {"+12025550142"}},
                       {"description", "an email address, or a number with its country's code"}};
    const Json channel{
        {"type", "string"}, {"enum", {"*", "sms", "whatsapp", "voice", "email"}}, {"default", "*"}};
    const Json purpose{
        {"type", "string"}, {"enum", {"*", "marketing", "reply", "service"}}, {"default", "*"}};
    const Json text{{"type", "string"}, {"minLength", 1}, {"maxLength", 2000}};
    const Json when{{"type", "string"}, {"description", "RFC 3339"}};
    const auto consent =
        object({{"id", uuid()},
                {"address", type("string")},
                {"channel", type("string", "* is every one")},
                {"purpose", type("string", "* is every one")},
                {"level", type("string")},
                {"source", type("string")},
                {"proof", type("object")},
                {"given_at", time()},
                {"expires_at", maybeTime()},
                {"revoked_at", maybeTime()},
                {"state", {{"type", "string"}, {"enum", {"valid", "revoked", "expired", "later"}}}}});
    auto whose = address;
    whose["description"] = "whose; it must be given";
    return {
        {"POST",
         "/v1/consents",
         "giveConsent",
         "Writes down that somebody agreed. Written consent needs the text they were shown.",
         Role::manager,
         {},
         object({{"address", address},
                 {"channel", channel},
                 {"purpose", purpose},
                 {"level", {{"type", "string"}, {"enum", {"express", "express_written"}}}},
                 {"source", text},
                 {"text", text},
                 {"ip", text},
                 {"page", text},
                 {"given_at", when},
                 {"expires_at", when}},
                {"address", "level", "source"}),
         object({{"address", type("string")},
                 {"recorded", type("boolean", "false: it was there already")},
                 {"state", type("string")}}),
         giveConsent},
        {"POST",
         "/v1/consents/revoke",
         "revokeConsent",
         "Ends what somebody has agreed to. It stays written down, as ended.",
         Role::agent,
         {},
         object({{"address", address}, {"channel", channel}, {"purpose", purpose}, {"why", text}},
                {"address"}),
         object({{"address", type("string")}, {"revoked", type("integer", "how many")}}),
         revokeConsent},
        {"GET",
         "/v1/consents",
         "listConsents",
         "What somebody has agreed to, with its proof, the oldest first.",
         Role::agent,
         {{"address", whose}},
         {},
         listSchema(consent),
         listConsents},
        {"POST",
         "/v1/suppressions",
         "suppress",
         "Nobody contacts this address any more, on any channel; its consents end.",
         Role::agent,
         {},
         object({{"address", address}, {"reason", text}}, {"address", "reason"}),
         object({{"address", type("string")}}),
         suppress},
        {"GET",
         "/v1/suppressions",
         "listSuppressions",
         "Who must not be contacted, by address.",
         Role::agent,
         listQuery({{"address", address}}),
         {},
         listSchema(object({{"id", type("string")},
                            {"address", type("string")},
                            {"channel", type("string", "* is every one")},
                            {"reason", type("string")},
                            {"at", time()}})),
         listSuppressions},
    };
}

}  // namespace overture::api
