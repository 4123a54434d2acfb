#include "api/shared.hpp"
#include "base/time.hpp"
#include "queries/api.hpp"
#include "tenant/second_factor.hpp"

namespace overture::api {
namespace {

using tenant::Role;

const Json kRoles{"agent", "manager", "admin"};

Json jsonOf(const tenant::User& user) {
    return {{"id", user.id.text()},
            {"email", user.email},
            {"name", user.name},
            {"role", nameOf(user.role)},
            {"state", user.state()},
            {"second_factor", user.hasSecondFactor},
            {"created_at", toRfc3339(user.createdAt)},
            {"signed_in_at", timeOrNull(user.signedInAt)}};
}

Json jsonOf(const tenant::UserToken& token) {
    return {{"token", token.token}, {"expires_at", toRfc3339(token.expiresAt)}};
}

Answer secret(Json document, Json audited = Json::object()) {
    Answer answer{std::move(document)};
    answer.secret = true;
    answer.audited = std::move(audited);
    return answer;
}

// What a person does with their own account:

Answer me(Call& call) {
    const auto rows = call.tx.run(sql::api::organization, {call.organization});
    const auto& caller = call.caller;
    Json shown{{"organization", {{"id", call.organization.text()}, {"name", rows[0].text("name")}}},
               {"kind", caller.actor.kind},
               {"id", caller.actor.id->text()},
               {"name", caller.actor.name},
               {"role", nameOf(caller.role)},
               {"scopes", caller.scopes},
               {"email", nullptr},
               {"second_factor", nullptr},
               {"expires_at", caller.key ? timeOrNull(caller.key->expiresAt) : Json()}};
    if (caller.session) {
        shown["email"] = caller.session->user.email;
        shown["second_factor"] = caller.session->user.hasSecondFactor;
        shown["expires_at"] = toRfc3339(caller.session->expiresAt);
    }
    return {shown};
}

/// Their password again, before what somebody who found their screen open must not do.
void mustKnowPassword(Call& call) {
    const auto& user = call.session().user;
    if (const auto wait = call.means.guesses.count(user.email, call.origin.network, true, call.now))
        tooOften(*wait);
    const auto hash = tenant::passwordHashOf(call.tx, call.organization, user.id);
    const bool good = orTakeBack(
        [&] { return call.means.passwords.matches(call.body["password"].get<std::string>(), hash); },
        [&] { call.means.guesses.uncount(user.email, call.origin.network); });
    if (!good) throw Refusal{403, "wrong", "The password is wrong.", "password"};
    call.means.guesses.uncount(user.email, call.origin.network);
}

Answer changePassword(Call& call) {
    const auto& user = call.session().user;
    const auto password = call.body["new_password"].get<std::string>();
    if (const auto fault = tenant::faultOf(password, user.email))
        throw Refusal{400, "invalid", *fault, "new_password"};
    mustKnowPassword(call);
    tenant::setPassword(call.tx, call.organization, user.id, call.means.passwords.hash(password));
    tenant::voidTokens(call.tx, call.organization, user.id, call.now);
    tenant::revokeSessions(call.tx, call.organization, user.id, call.now, call.session().id);
    return {{{"id", user.id.text()}}};
}

Answer listSessions(Call& call) {
    Json items = Json::array();
    for (const auto& one : tenant::sessions(call.tx, call.organization, call.session().user.id, call.now))
        items.push_back({{"id", one.id.text()},
                         {"this", one.id == call.session().id},
                         {"begun_at", toRfc3339(one.begunAt)},
                         {"expires_at", toRfc3339(one.expiresAt)},
                         {"network", one.network},
                         {"program", one.program}});
    return {{{"items", items}, {"next", nullptr}}};
}

Answer endSession(Call& call) {
    const auto id = call.id<tenant::SessionId>("session");
    if (!tenant::revokeSession(call.tx, call.organization, call.session().user.id, id, call.now))
        notFound("session that still holds");
    return {{{"id", id.text()}}};
}

Answer signOutEverywhere(Call& call) {
    const auto& user = call.session().user;
    tenant::revokeSessions(call.tx, call.organization, user.id, call.now);
    return {{{"id", user.id.text()}}};
}

tenant::SecondFactor factorOf(Call& call) {
    return {call.tx, call.organization, call.session().user.id};
}

Answer beginSecondFactor(Call& call) {
    mustKnowPassword(call);
    const auto given = factorOf(call).begin(call.means.sealing());
    if (!given) throw Refusal{409, "exists", "There is one already; remove it first."};
    const auto code = tenant::toBase32(*given);
    return secret({{"secret", code},
                   {"url", "otpauth://totp/Overture:" + call.session().user.email + "?secret=" + code +
                               "&issuer=Overture"}});
}

void mustHaveCode(Call& call) {
    const auto& user = call.session().user;
    if (const auto wait = call.means.guesses.count(user.email, call.origin.network, true, call.now))
        tooOften(*wait);
    if (!factorOf(call).accept(call.means.sealing(), call.body["code"].get<std::string>(), call.now))
        throw Refusal{403, "wrong_code", "This code does not hold, or was used before.", "code"};
    call.means.guesses.uncount(user.email, call.origin.network);
}

/// The first code confirms it; a later one only gives new recovery codes.
Answer confirmSecondFactor(Call& call) {
    mustHaveCode(call);
    return secret({{"recovery_codes", factorOf(call).newRecoveryCodes()}});
}

Answer removeSecondFactor(Call& call) {
    mustKnowPassword(call);
    factorOf(call).remove();
    return {{{"id", call.session().user.id.text()}}};
}

// What those who look after an organization's people do:

Answer list(Call& call) {
    Json items = Json::array();
    for (const auto& user : tenant::users(call.tx, call.organization)) items.push_back(jsonOf(user));
    return {{{"items", items}, {"next", nullptr}}};
}

tenant::User theUser(Call& call) {
    auto user = tenant::findUser(call.tx, call.organization, call.id<UserId>("user"));
    if (!user) notFound("user");
    return std::move(*user);
}

Answer show(Call& call) {
    return {jsonOf(theUser(call))};
}

Answer create(Call& call) {
    const auto email = tenant::emailIn(call.body["email"].get<std::string>());
    if (!email) throw Refusal{400, "invalid", "This is no email address.", "email"};
    const auto role = *tenant::roleNamed(call.body["role"].get<std::string>());
    const auto user = tenant::createUser(call.tx, call.organization, *email,
                                         call.body["name"].get<std::string>(), role, call.now);
    if (!user) throw Refusal{409, "exists", "Somebody of your organization has this address.", "email"};
    const auto token =
        tenant::giveToken(call.tx, call.organization, user->id, tenant::TokenKind::invitation, call.now);
    return secret({{"user", jsonOf(*user)}, {"invitation", jsonOf(token)}},
                  {{"user", user->id.text()}, {"email", *email}, {"role", nameOf(role)}});
}

void mustHaveChanged(tenant::Changed changed) {
    if (changed == tenant::Changed::lastAdmin)
        throw Refusal{409, "last_admin", "This is the last admin; make another one first."};
    if (changed == tenant::Changed::unknown) notFound("user of whom this could be changed");
}

Answer change(Call& call) {
    theUser(call);
    const auto name = textOf(call.body, "name");
    const auto role = tenant::roleNamed(textOf(call.body, "role"));
    mustHaveChanged(tenant::changeUser(call.tx, call.organization, call.id<UserId>("user"), name, role));
    return {jsonOf(theUser(call)), {}, false, call.body};
}

Answer disable(Call& call) {
    mustHaveChanged(tenant::disableUser(call.tx, call.organization, call.id<UserId>("user"), call.now));
    return {jsonOf(theUser(call))};
}

Answer enable(Call& call) {
    mustHaveChanged(tenant::enableUser(call.tx, call.organization, call.id<UserId>("user")));
    return {jsonOf(theUser(call))};
}

template <tenant::TokenKind kind>
Answer giveToken(Call& call) {
    const auto user = theUser(call);
    if (user.disabledAt) throw Refusal{409, "disabled", "This user is disabled; enable them first."};
    return secret(jsonOf(tenant::giveToken(call.tx, call.organization, user.id, kind, call.now)),
                  {{"email", user.email}});
}

Answer endSessions(Call& call) {
    const auto user = theUser(call);
    tenant::revokeSessions(call.tx, call.organization, user.id, call.now);
    return {jsonOf(user)};
}

Answer forgetSecondFactor(Call& call) {
    const auto user = theUser(call);
    tenant::SecondFactor(call.tx, call.organization, user.id).remove();
    tenant::revokeSessions(call.tx, call.organization, user.id, call.now);
    return {jsonOf(theUser(call))};
}

Json userSchema() {
    return object({{"id", uuid()},
                   {"email", type("string")},
                   {"name", type("string")},
                   {"role", {{"type", "string"}, {"enum", kRoles}}},
                   {"state", {{"type", "string"}, {"enum", {"invited", "active", "disabled"}}}},
                   {"second_factor", type("boolean", "a code is asked for when they sign in")},
                   {"created_at", time()},
                   {"signed_in_at", maybeTime()}});
}

std::vector<Route> ownRoutes() {
    const Json password{{"type", "string"}, {"minLength", 1}, {"maxLength", 1000}};
    const Json code{{"type", "string"}, {"minLength", 6}, {"maxLength", 6}};
    const auto own = [](const char* method, const char* path, const char* operation, const char* about,
                        Json body, Json answer, Answer (*handler)(Call&)) {
        return Route{method,  path,    operation, about, Role::agent, {}, std::move(body), std::move(answer),
                     handler, nullptr, true};
    };
    const auto session = object({{"id", uuid()},
                                 {"this", type("boolean", "the one that asks")},
                                 {"begun_at", time()},
                                 {"expires_at", time()},
                                 {"network", type("string", "where it was begun")},
                                 {"program", type("string", "the User-Agent, as it said")}});
    const auto id = object({{"id", uuid()}});
    return {
        {"GET",
         "/v1/me",
         "showMe",
         "Whose key or session this is, and what it may do.",
         Role::agent,
         {},
         {},
         object({{"organization", object({{"id", uuid()}, {"name", type("string")}})},
                 {"kind", {{"type", "string"}, {"enum", {"key", "user"}}}},
                 {"id", uuid()},
                 {"name", type("string")},
                 {"role", {{"type", "string"}, {"enum", kRoles}}},
                 {"scopes", {{"type", "array"}, {"items", type("string")}}},
                 {"email", maybe("string", "a person's")},
                 {"second_factor", maybe("boolean", "a person's")},
                 {"expires_at", maybeTime("of the key or session")}}),
         me},
        own("GET", "/v1/me/sessions", "listSessions", "Where one is signed in, the newest first.", {},
            listSchema(session), listSessions),
        own("POST", "/v1/me/sessions/{session}/end", "endSession", "Ends one of one's sessions.", {}, id,
            endSession),
        own("POST", "/v1/me/sign-out-everywhere", "signOutEverywhere",
            "Ends all of one's sessions, this one too.", {}, id, signOutEverywhere),
        own("POST", "/v1/me/password", "changePassword", "A new password. One's other sessions end.",
            object({{"password", password}, {"new_password", password}}, {"password", "new_password"}), id,
            changePassword),
        own("POST", "/v1/me/second-factor", "beginSecondFactor",
            "A secret for one's authenticator (TOTP), shown this once. It counts when a code of it was "
            "confirmed.",
            object({{"password", password}}, {"password"}),
            object({{"secret", type("string", "in base 32")}, {"url", type("string", "for a QR code")}}),
            beginSecondFactor),
        own("POST", "/v1/me/second-factor/confirm", "confirmSecondFactor",
            "With a code of the authenticator: from now on one is asked for at each sign-in. Ten recovery "
            "codes, "
            "shown this once, each good once in its place; those from before are void.",
            object({{"code", code}}, {"code"}),
            object({{"recovery_codes", {{"type", "array"}, {"items", type("string")}}}}),
            confirmSecondFactor),
        own("POST", "/v1/me/second-factor/remove", "removeSecondFactor", "No code is asked for any more.",
            object({{"password", password}}, {"password"}), id, removeSecondFactor),
    };
}

}  // namespace

std::vector<Route> userRoutes() {
    auto all = ownRoutes();
    const Json role{{"type", "string"}, {"enum", kRoles}};
    const Json name{{"type", "string"}, {"minLength", 1}, {"maxLength", 100}};
    const Json email{
        {"type", "string"}, {"minLength", 3}, {"maxLength", 254}, {"examples", {"max@brightroof.example"}}};
    const auto token = object(
        {{"token",
          type("string", "hand it to the person: with it they choose a password, once (POST /v1/password)")},
         {"expires_at", time()}});
    const std::string one = "/v1/users/{user}";
    const auto act = [&](const char* verb, const char* operation, const char* about, Json body, Json answer,
                         Answer (*handler)(Call&)) {
        all.push_back({"POST",
                       one + "/" + verb,
                       operation,
                       about,
                       Role::admin,
                       {},
                       std::move(body),
                       std::move(answer),
                       handler});
    };
    all.push_back({"GET",
                   "/v1/users",
                   "listUsers",
                   "The people of the organization, the oldest first.",
                   Role::manager,
                   {},
                   {},
                   listSchema(userSchema()),
                   list});
    all.push_back({"GET", one, "showUser", "One of them.", Role::manager, {}, {}, userSchema(), show});
    all.push_back(
        {"POST",
         "/v1/users",
         "createUser",
         "Invites somebody. The invitation's token is shown this once and holds for seven days; it is handed "
         "over by whoever invites, nothing is mailed.",
         Role::admin,
         {},
         object({{"email", email}, {"name", name}, {"role", role}}, {"email", "name", "role"}),
         object({{"user", userSchema()}, {"invitation", token}}),
         create});
    act("change", "changeUser", "Another name or role, from their next call on.",
        object({{"name", name}, {"role", role}}, Json::array()), userSchema(), change);
    act("invite", "inviteUser", "Another invitation; those from before are void.", {}, token,
        giveToken<tenant::TokenKind::invitation>);
    act("reset", "resetUser",
        "A token with which they choose another password, for a day. The one they have holds until then; "
        "their second "
        "factor stays.",
        {}, token, giveToken<tenant::TokenKind::reset>);
    act("remove-second-factor", "forgetSecondFactor",
        "For who has lost theirs: no code is asked for any more. Their sessions end.", {}, userSchema(),
        forgetSecondFactor);
    act("end-sessions", "endSessions", "Signs them out everywhere.", {}, userSchema(), endSessions);
    act("disable", "disableUser", "They are signed out and do not get in again. What they did stays.", {},
        userSchema(), disable);
    act("enable", "enableUser", "They get in again, with the password they had.", {}, userSchema(), enable);
    for (auto& route : all) route.letsIn = route.method != "GET" && areaOf(route) == "users";
    return all;
}

}  // namespace overture::api
