#include <sodium.h>

#include "api/issuer.hpp"
#include "api/shared.hpp"
#include "base/digest.hpp"
#include "base/log.hpp"
#include "base/time.hpp"
#include "queries/api.hpp"

namespace overture::api {
namespace {

using tenant::Role;

constexpr seconds kMayTake{600};
constexpr std::size_t kRandomBytes = 32;

std::string randomText() {
    std::string bytes(kRandomBytes, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    return tenant::toBase64Url(bytes);
}

std::optional<Registration> registrationOf(store::Transaction& tx, const tenant::Vault& vault,
                                           const OrganizationId& organization) {
    const auto rows = tx.run(sql::api::issuer, {organization});
    if (rows.empty()) return std::nullopt;
    return Registration{rows[0].text("issuer"), rows[0].text("client_id"),
                        vault.unseal(rows[0].bytes("client_secret"), organization).at("client_secret"),
                        rows[0].text("redirect_url")};
}

Refusal unreachable(const Problem& problem) {
    log::warning("issuer_failed", {{"problem", problem.sentence()}});
    return {502, "issuer", "The organization's issuer does not let anybody in: " + problem.what + "."};
}

/// A hash of 256 random bits needs no salt.
std::string hashOf(const std::string& text) {
    return toHex(sha256(text));
}

Issuers::Turn turnOf(OpenCall& call) {
    return orTakeBack([&] { return Issuers::Turn(call.means.issuers); },
                      [&] { call.means.guesses.uncount(call.origin.network); });
}

Answer begin(OpenCall& call) {
    const auto& vault = call.means.sealing();
    if (const auto wait = call.means.guesses.count(call.origin.network, call.now)) tooOften(*wait);
    const auto found =
        tenant::organizationsNamed(call.means.database, call.body["organization"].get<std::string>());
    if (found.size() != 1) notFound("organization whose people sign in elsewhere");
    const auto organization = found.front().id;
    const auto registration = [&] {
        auto tx = call.means.database.begin(organization);
        return registrationOf(tx, vault, organization);
    }();
    if (!registration) notFound("organization whose people sign in elsewhere");
    const Start start{organization.text() + "." + randomText(), randomText(), randomText()};
    const auto keep = randomText();
    const auto turn = turnOf(call);
    const auto url = call.means.issuers.urlFor(turn, *registration, start, call.now);
    if (!url) throw unreachable(url.problem());
    auto tx = call.means.database.begin(organization);
    tx.run(sql::api::begin_sign_in, {organization, uuid7(call.now), hashOf(start.state), hashOf(keep),
                                     start.nonce, start.verifier, call.now + kMayTake});
    tx.commit();
    return {{{"url", *url}, {"keep", keep}}};
}

Answer finish(OpenCall& call) {
    const Refusal unknown{401, "no_start",
                          "This sign-in was not begun here, was finished, or took too long; begin again."};
    const auto& vault = call.means.sealing();
    if (const auto wait = call.means.guesses.count(call.origin.network, call.now)) tooOften(*wait);
    const auto state = call.body["state"].get<std::string>();
    const auto organization = OrganizationId::parse(state.substr(0, state.find('.')));
    if (!organization) throw unknown;
    const auto turn = turnOf(call);  // before the start is used up: who must wait comes with it again
    auto first = call.means.database.begin(*organization);
    const auto starts =
        first.run(sql::api::finish_sign_in,
                  {*organization, hashOf(state), hashOf(call.body["keep"].get<std::string>()), call.now});
    if (starts.empty()) throw unknown;
    const auto registration = registrationOf(first, vault, *organization);
    first.commit();
    if (!registration) throw unknown;
    const auto arrival =
        call.means.issuers.arrival(turn, *registration, starts[0].text("nonce"), starts[0].text("verifier"),
                                   call.body["code"].get<std::string>(), call.now);
    if (!arrival) throw unreachable(arrival.problem());
    auto tx = call.means.database.begin(*organization);
    const auto rows = tx.run(sql::api::user_of_subject,
                             {*organization, arrival->subject, tenant::emailIn(arrival->email).value_or("")});
    if (rows.empty())
        throw Refusal{403, "not_invited",
                      "The issuer knows you, this organization does not: an admin invites you by the "
                      "address that you have there."};
    const auto id = rows[0].id<UserId>("user_id");
    tx.run(sql::api::set_subject, {*organization, id, arrival->subject});
    const auto user = *tenant::findUser(tx, *organization, id);
    const auto begun = tenant::beginSession(tx, vault, *organization, id, call.origin.network,
                                            call.origin.program, call.now);
    tenant::audit(
        tx, *organization, {"user", user.name, user.id.uuid}, "finishSignIn", "/v1/sign-in/finish",
        {{"session", begun.id.text()}, {"network", call.origin.network}, {"issuer", registration->issuer}},
        call.now);
    tx.commit();
    for (int i = 0; i < 2; ++i) call.means.guesses.uncount(call.origin.network);  // the beginning's too
    return {signedIn(begun, *organization, user)};
}

Answer show(Call& call) {
    const auto rows = call.tx.run(sql::api::issuer, {call.organization});
    if (rows.empty()) notFound("issuer");
    return {{{"issuer", rows[0].text("issuer")},
             {"client_id", rows[0].text("client_id")},
             {"redirect_url", rows[0].text("redirect_url")}}};
}

Answer set(Call& call) {
    const auto text = [&](const char* name) { return call.body[name].get<std::string>(); };
    for (const auto* name : {"issuer", "redirect_url"})
        if (!text(name).starts_with("https://") || text(name).find_first_of(" ?#\\\"<>") != std::string::npos)
            throw Refusal{400, "invalid", "This is no address that begins with https:// and has no query.",
                          name};
    const auto sealed =
        call.means.sealing().seal({{"client_secret", text("client_secret")}}, call.organization);
    call.tx.run(sql::api::forget_subjects, {call.organization, text("issuer")});
    call.tx.run(sql::api::save_issuer, {call.organization, text("issuer"), text("client_id"),
                                        store::Param::bytes(sealed), text("redirect_url"), call.now});
    auto answer = show(call);
    answer.audited = answer.document;
    return answer;
}

Answer remove(Call& call) {
    if (call.tx.run(sql::api::remove_issuer, {call.organization}).affected() == 0) notFound("issuer");
    call.tx.run(sql::api::forget_subjects, {call.organization, ""});
    return {{{"removed", true}}};
}

}  // namespace

std::vector<Route> issuerRoutes() {
    const Json text{{"type", "string"}, {"minLength", 1}, {"maxLength", 2000}};
    Json issuer = text, page = text;
    issuer["examples"] = {"https://login.brightroof.example"};
    page["examples"] = {"https://desk.brightroof.example/signed-in"};
    const auto shown =
        object({{"issuer", type("string")}, {"client_id", type("string")}, {"redirect_url", type("string")}});
    const auto user = object({{"id", uuid()}, {"name", type("string")}, {"role", type("string")}});
    return {
        {"POST",
         "/v1/sign-in/begin",
         "beginSignIn",
         "Where to send the browser of somebody who signs in at their organization's own issuer. The page "
         "keeps `keep` to itself "
         "(session storage) and sends it back with what the issuer adds to its address.",
         Role::agent,
         {},
         object({{"organization",
                  {{"type", "string"},
                   {"minLength", 1},
                   {"maxLength", 200},
                   {"description", "its id or name"}}}},
                {"organization"}),
         object({{"url", type("string")}, {"keep", type("string")}}),
         nullptr,
         begin},
        {"POST",
         "/v1/sign-in/finish",
         "finishSignIn",
         "A session for who came back from the issuer: somebody who was invited, by an address that the "
         "issuer has verified.",
         Role::agent,
         {},
         object({{"state", text}, {"code", text}, {"keep", text}}, {"state", "code", "keep"}),
         object(
             {{"token", type("string")}, {"expires_at", time()}, {"organization", uuid()}, {"user", user}}),
         nullptr,
         finish},
        {"POST",
         "/v1/issuer",
         "setIssuer",
         "Registers the issuer (OpenID Connect) at which the organization's people sign in.",
         Role::admin,
         {},
         object({{"issuer", issuer}, {"client_id", text}, {"client_secret", text}, {"redirect_url", page}},
                {"issuer", "client_id", "client_secret", "redirect_url"}),
         shown,
         set,
         nullptr,
         false,
         true},
        {"GET",
         "/v1/issuer",
         "showIssuer",
         "The registered issuer, without the secret.",
         Role::admin,
         {},
         {},
         shown,
         show},
        {"POST",
         "/v1/issuer/remove",
         "removeIssuer",
         "Nobody signs in there any more.",
         Role::admin,
         {},
         {},
         object({{"removed", type("boolean")}}),
         remove},
    };
}

}  // namespace overture::api
