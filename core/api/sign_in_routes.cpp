#include "api/shared.hpp"
#include "base/time.hpp"
#include "tenant/second_factor.hpp"

namespace overture::api {
namespace {

using tenant::Role;

constexpr const char* kWrong =
    "The address or the password is wrong. Whoever belongs to several organizations names the one.";

/// The one who may be meant. Nobody when several are: which of them there are is not told.
std::optional<tenant::Candidate> meant(std::vector<tenant::Candidate> all, const std::string& organization) {
    if (!organization.empty())
        std::erase_if(all, [&](const auto& one) {
            return one.organizationName != organization && one.organization.text() != organization;
        });
    if (all.size() != 1) return std::nullopt;
    return std::move(all.front());
}

void checkSecondFactor(OpenCall& call, store::Transaction& tx, const tenant::Candidate& who,
                       const std::string& account) {
    tenant::SecondFactor factor(tx, who.organization, who.user);
    if (!factor.wanted()) return;
    const auto code = textOf(call.body, "code"), recovery = textOf(call.body, "recovery_code");
    if (code.empty() && recovery.empty()) {
        call.means.guesses.uncount(account, call.origin.network);
        throw Refusal{401, "code_wanted", "Send the code that your authenticator shows, too.", "code"};
    }
    const bool good = code.empty() ? factor.acceptRecovery(recovery, call.now)
                                   : factor.accept(call.means.sealing(), code, call.now);
    if (!good)
        throw Refusal{401, "wrong_code", "This code does not hold, or was used before.",
                      code.empty() ? "recovery_code" : "code"};
}

/// The same work for an account that does not exist as for a wrong password.
Answer signIn(OpenCall& call) {
    const auto& vault = call.means.sealing();
    const auto account = tenant::emailIn(call.body["email"].get<std::string>()).value_or("");
    const auto all = tenant::usersWith(call.means.database, account, call.origin.network, call.now);
    const auto who = meant(all, textOf(call.body, "organization"));
    if (const auto wait = call.means.guesses.count(account, call.origin.network, who && who->known, call.now))
        tooOften(*wait);
    const bool good = orTakeBack(
        [&] {
            return call.means.passwords.matches(call.body["password"].get<std::string>(),
                                                who ? who->passwordHash : std::string());
        },
        [&] { call.means.guesses.uncount(account, call.origin.network); });
    if (!good) throw Refusal{401, "wrong", kWrong};
    auto tx = call.means.database.begin(who->organization);
    if (!tenant::lockUser(tx, who->organization, who->user, who->passwordHash))
        throw Refusal{401, "wrong", kWrong};
    checkSecondFactor(call, tx, *who, account);
    const auto user = *tenant::findUser(tx, who->organization, who->user);
    const auto begun = tenant::beginSession(tx, vault, who->organization, who->user, call.origin.network,
                                            call.origin.program, call.now);
    tenant::audit(tx, who->organization, {"user", user.name, user.id.uuid}, "signIn", "/v1/sign-in",
                  {{"session", begun.id.text()}, {"network", call.origin.network}}, call.now);
    tx.commit();
    call.means.guesses.uncount(account, call.origin.network);
    return {signedIn(begun, who->organization, user)};
}

Answer choosePassword(OpenCall& call) {
    const Refusal noToken{401, "no_token", "This token does not hold, or was used; ask for another.",
                          "token"};
    if (const auto wait = call.means.guesses.count(call.origin.network, call.now)) tooOften(*wait);
    const auto owner = tenant::userTokenOf(call.means.database, call.body["token"].get<std::string>());
    if (!owner) throw noToken;
    const auto password = call.body["password"].get<std::string>();
    const auto user = [&] {
        auto tx = call.means.database.begin(owner->organization);
        return tenant::findUser(tx, owner->organization, owner->user);
    }();
    if (const auto fault = tenant::faultOf(password, user->email))
        throw Refusal{400, "invalid", *fault, "password"};
    const auto hash = orTakeBack([&] { return call.means.passwords.hash(password); },
                                 [&] { call.means.guesses.uncount(call.origin.network); });
    auto tx = call.means.database.begin(owner->organization);
    if (!tenant::useToken(tx, *owner, hash, call.now)) throw noToken;
    tenant::audit(tx, owner->organization, {"user", user->name, user->id.uuid}, "choosePassword",
                  "/v1/password", {{"network", call.origin.network}}, call.now);
    tx.commit();
    call.means.guesses.uncount(call.origin.network);
    return {{{"email", user->email}, {"organization", owner->organization.text()}}};
}

Answer signOut(Call& call) {
    const auto& session = call.session();
    tenant::revokeSession(call.tx, call.organization, session.user.id, session.id, call.now);
    return {{{"session", session.id.text()}}};
}

}  // namespace

Json signedIn(const tenant::Begun& begun, const OrganizationId& organization, const tenant::User& user) {
    return {{"token", begun.token},
            {"expires_at", toRfc3339(begun.expiresAt)},
            {"organization", organization.text()},
            {"user", {{"id", user.id.text()}, {"name", user.name}, {"role", nameOf(user.role)}}}};
}

std::vector<Route> signInRoutes() {
    const Json password{{"type", "string"}, {"minLength", 1}, {"maxLength", 1000}};
    const Json credentials{
        {"type", "object"},
        {"required", {"email", "password"}},
        {"properties",
         {{"email", {{"type", "string"}, {"minLength", 1}, {"maxLength", 254}}},
          {"password", password},
          {"organization",
           {{"type", "string"},
            {"maxLength", 200},
            {"description", "its id or name, for who belongs to several"}}},
          {"code",
           {{"type", "string"}, {"maxLength", 6}, {"description", "the six digits of the second factor"}}},
          {"recovery_code", {{"type", "string"}, {"maxLength", 40}, {"description", "in its place, once"}}}}},
        {"additionalProperties", false}};
    const Json choice{
        {"type", "object"},
        {"required", {"token", "password"}},
        {"properties",
         {{"token", {{"type", "string"}, {"maxLength", 200}, {"description", "of an invitation or a reset"}}},
          {"password", password}}},
        {"additionalProperties", false}};
    const auto user = object({{"id", uuid()}, {"name", type("string")}, {"role", type("string")}});
    return {
        {"POST",
         "/v1/sign-in",
         "signIn",
         "A session of 24 hours. Its token is sent as a key is. Tries are counted by account and by address; "
         "an account "
         "that does not exist is answered like a wrong password. 401 `code_wanted`: again, with the code.",
         Role::agent,
         {},
         credentials,
         object({{"token", type("string", "a JWT: send it as `Authorization: Bearer TOKEN`")},
                 {"expires_at", time()},
                 {"organization", uuid()},
                 {"user", user}}),
         nullptr,
         signIn},
        {"POST",
         "/v1/password",
         "choosePassword",
         "A person who was invited, or whose password is reset, chooses one. All of their sessions end.",
         Role::agent,
         {},
         choice,
         object({{"email", type("string")}, {"organization", uuid()}}),
         nullptr,
         choosePassword},
        {"POST",
         "/v1/sign-out",
         "signOut",
         "Ends this session.",
         Role::agent,
         {},
         {},
         object({{"session", uuid()}}),
         signOut,
         nullptr,
         true},
    };
}

}  // namespace overture::api
