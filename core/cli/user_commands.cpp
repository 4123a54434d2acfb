#include <iostream>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/command.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "tenant/audit.hpp"
#include "tenant/second_factor.hpp"
#include "tenant/sessions.hpp"

namespace overture::cli {
namespace {

using tenant::TokenKind;

const tenant::Actor kOperator{"operator", "operator"};

tenant::Role roleIn(const std::string& text) {
    const auto role = tenant::roleNamed(text);
    if (!role) throw UsageError{"--role takes agent, manager or admin, not \"" + text + "\""};
    return *role;
}

std::string emailIn(const std::string& text) {
    const auto email = tenant::emailIn(text);
    if (!email) throw UsageError{"\"" + text + "\" is no email address"};
    return *email;
}

/// What is done to one person of one organization, and the transaction in which it is.
struct Work {
    Work(const std::vector<std::string>& words, const std::vector<std::string>& options)
        : arguments(words, databaseOptions(options)),
          opened(openDatabase(arguments, Schema::current, false)),
          organization(organizationIn(*opened.database, arguments.value("organization"))),
          tx(opened.database->begin(organization.id)) {}

    tenant::User named() {
        if (arguments.positional().size() != 1) throw UsageError{"name one person by their email address"};
        const auto email = emailIn(arguments.positional()[0]);
        auto user = tenant::findUser(tx, organization.id, email);
        if (!user)
            throw Error("there is nobody of this address", email + " in " + organization.name,
                        "`overture user list` shows them all.");
        return std::move(*user);
    }
    void finish(const std::string& act, const tenant::User& user) {
        tenant::audit(tx, organization.id, kOperator, act, "user " + user.id.text(), {{"email", user.email}},
                      now);
        tx.commit();
    }
    /// Prints a token by which the person chooses a password.
    void hand(const std::string& act, const tenant::User& user, TokenKind kind) {
        const auto token = tenant::giveToken(tx, organization.id, user.id, kind, now);
        finish(act, user);
        std::cerr << user.email << " of " << organization.name << ", " << nameOf(user.role)
                  << ", chooses a password with this token until " << toRfc3339(token.expiresAt)
                  << ". It is shown this once:\n";
        std::cout << token.token << "\n";
    }

    Arguments arguments;
    OpenedDatabase opened;
    tenant::Organization organization;
    store::Transaction tx;
    Instant now = SystemClock{}.now();
};

int create(const std::vector<std::string>& words) {
    Work work(words, {"organization=", "role=", "name="});
    if (work.arguments.positional().size() != 1) throw UsageError{"name the person by an email address"};
    const auto email = emailIn(work.arguments.positional()[0]);
    const auto role = roleIn(work.arguments.value("role", "agent"));
    const auto name = work.arguments.value("name", email.substr(0, email.find('@')));
    const auto user = tenant::createUser(work.tx, work.organization.id, email, name, role, work.now);
    if (!user)
        throw Error("somebody has this address", email + " in " + work.organization.name,
                    "Invite them again: overture user invite " + email);
    work.hand("createUser", *user, TokenKind::invitation);
    return 0;
}

template <TokenKind kind>
int token(const std::vector<std::string>& words) {
    Work work(words, {"organization=", "without-second-factor"});
    const auto user = work.named();
    if (user.disabledAt)
        throw Error("this person is disabled", user.email, "First: overture user enable " + user.email);
    if (work.arguments.has("without-second-factor"))
        tenant::SecondFactor(work.tx, work.organization.id, user.id).remove();
    work.hand(kind == TokenKind::invitation ? "inviteUser" : "resetUser", user, kind);
    return 0;
}

int disable(const std::vector<std::string>& words) {
    Work work(words, {"organization="});
    const auto user = work.named();
    const auto changed = tenant::disableUser(work.tx, work.organization.id, user.id, work.now);
    if (changed == tenant::Changed::lastAdmin)
        throw Error("this is the organization's last admin", user.email, "Make another one first.");
    if (changed == tenant::Changed::unknown) throw Error("this person is disabled already", user.email);
    work.finish("disableUser", user);
    std::cout << user.email << " is signed out and does not get in again.\n";
    return 0;
}

int enable(const std::vector<std::string>& words) {
    Work work(words, {"organization="});
    const auto user = work.named();
    if (tenant::enableUser(work.tx, work.organization.id, user.id) == tenant::Changed::unknown)
        throw Error("this person is not disabled", user.email);
    work.finish("enableUser", user);
    std::cout << user.email << " gets in again.\n";
    return 0;
}

int list(const std::vector<std::string>& words) {
    Work work(words, {"organization=", "json"});
    if (!work.arguments.positional().empty()) throw UsageError{"there is nothing to name here"};
    const auto all = tenant::users(work.tx, work.organization.id);
    for (const auto& user : all)
        if (work.arguments.has("json"))
            std::cout << toText(
                             {{"id", user.id.text()},
                              {"email", user.email},
                              {"name", user.name},
                              {"role", nameOf(user.role)},
                              {"state", user.state()},
                              {"second_factor", user.hasSecondFactor},
                              {"signed_in_at", user.signedInAt ? Json(toRfc3339(*user.signedInAt)) : Json()}})
                      << "\n";
        else
            std::cout << user.email << "  " << user.name << ", " << nameOf(user.role) << ", " << user.state()
                      << (user.signedInAt ? ", last here " + toRfc3339(*user.signedInAt) : "") << "\n";
    if (all.empty() && !work.arguments.has("json")) std::cout << "there is nobody yet\n";
    return 0;
}

int endSessions(const std::vector<std::string>& words) {
    Work work(words, {"organization="});
    if (!work.arguments.positional().empty())
        throw UsageError{"this is for everybody; there is nothing to name here"};
    const auto vault = tenant::Vault::open(work.opened.dataDirectory);
    tenant::rotateSessionKey(work.tx, vault, work.organization.id, true, work.now);
    tenant::audit(work.tx, work.organization.id, kOperator, "endEverySession", "sessions", Json::object(),
                  work.now);
    work.tx.commit();
    std::cout << "Everybody of " << work.organization.name
              << " is signed out; what sessions are signed with is new.\n";
    return 0;
}

const std::string kUserOptions =
    std::string("  --organization NAME name or id; may be left out when there is only one\n") + kDatabaseHelp;

const std::string kUserCreateHelp =
    R"(Usage: overture user create EMAIL [--role agent|manager|admin] [--name NAME] [--organization NAME] [OPTIONS]

Invites a person and prints a token on standard output, this once: with it they choose a password (POST /v1/password) within
seven days, and sign in (POST /v1/sign-in). Hand it to them yourself; nothing is mailed.

  --role ROLE         agent (the default) reads and takes conversations, manager also runs campaigns, admin does everything
  --name NAME         how they are called where they speak; without it the address up to its @
)" + kUserOptions +
    R"(
Example: overture user create dana@brightroof.example --role admin --name "Dana Whitfield")";

const std::string kUserInviteHelp = R"(Usage: overture user invite EMAIL [--organization NAME] [OPTIONS]

Another invitation for somebody who was invited; those from before are void. Printed on standard output, this once.

)" + kUserOptions + R"(
Example: overture user invite dana@brightroof.example)";

const std::string kUserResetHelp =
    R"(Usage: overture user reset EMAIL [--without-second-factor] [--organization NAME] [OPTIONS]

A token with which a person chooses another password within a day. The one they have holds until then; with the new one all of
their sessions end. Printed on standard output, this once.

  --without-second-factor  for who has lost theirs: no code is asked for any more
)" + kUserOptions +
    R"(
Example: overture user reset dana@brightroof.example)";

const std::string kUserDisableHelp = R"(Usage: overture user disable EMAIL [--organization NAME] [OPTIONS]

Signs a person out everywhere; they do not get in again. What they did stays.

)" + kUserOptions + R"(
Example: overture user disable dana@brightroof.example)";

const std::string kUserEnableHelp = R"(Usage: overture user enable EMAIL [--organization NAME] [OPTIONS]

Lets a person in again who was disabled, with the password that they had.

)" + kUserOptions + R"(
Example: overture user enable dana@brightroof.example)";

const std::string kUserListHelp = R"(Usage: overture user list [--organization NAME] [--json] [OPTIONS]

The people of an organization, the oldest first.

  --json              one JSON object a line
)" + kUserOptions + R"(
Example: overture user list)";

const std::string kUserEndHelp = R"(Usage: overture user end-sessions [--organization NAME] [OPTIONS]

Signs everybody of an organization out at once, by forgetting what their sessions were signed with.

)" + kUserOptions + R"(
Example: overture user end-sessions)";

const Registered userCreate{{"user create", "invite a person", kUserCreateHelp.c_str(), create}};
const Registered userList{{"user list", "the people of an organization", kUserListHelp.c_str(), list}};
const Registered userInvite{{"user invite", "another invitation for a person", kUserInviteHelp.c_str(),
                             token<TokenKind::invitation>}};
const Registered userReset{
    {"user reset", "a token for another password", kUserResetHelp.c_str(), token<TokenKind::reset>}};
const Registered userDisable{
    {"user disable", "a person no longer gets in", kUserDisableHelp.c_str(), disable}};
const Registered userEnable{{"user enable", "a person gets in again", kUserEnableHelp.c_str(), enable}};
const Registered userEnd{{"user end-sessions", "sign everybody out", kUserEndHelp.c_str(), endSessions}};

}  // namespace
}  // namespace overture::cli
