// overture consent add | revoke | show: who may be contacted, by channel and purpose, with proof.
#include <iostream>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/batch.hpp"
#include "cli/command.hpp"
#include "cli/evidence_options.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "compliance/consent.hpp"
#include "compliance/rules.hpp"

namespace overture::cli {
namespace {

using compliance::Consent;

std::string addressOf(const Json& question) {
    if (const auto email = questionText(question, "email"); !email.empty()) return email;
    if (!questionText(question, "phone").empty()) return evidenceOf(question).phone;
    throw Error("\"phone\" or \"email\" is missing");
}

std::optional<Instant> instantOf(const Json& question, const char* key) {
    const auto text = questionText(question, key);
    if (text.empty()) return std::nullopt;
    const auto at = parseRfc3339(text.size() == 10 ? text + "T00:00:00Z" : text);
    if (!at) throw Error(std::string("\"") + key + "\" must be a time such as 2026-03-02T18:00:00Z");
    return at;
}

Consent consentOf(const Json& question, Instant now) {
    Consent consent;
    consent.address = addressOf(question);
    if (const auto channel = questionText(question, "channel"); !channel.empty()) consent.channel = channel;
    if (const auto purpose = questionText(question, "purpose"); !purpose.empty()) consent.purpose = purpose;
    const auto level = compliance::consentLevelOf(neededText(question, "level"));
    if (!level) throw Error("\"level\" must be express or express_written");
    consent.level = *level;
    consent.source = neededText(question, "source");
    for (const auto* key : {"text", "ip", "page"})
        if (const auto value = questionText(question, key); !value.empty()) consent.proof[key] = value;
    consent.givenAt = instantOf(question, "given").value_or(now);
    if (consent.givenAt > now) throw Error("\"given\" is a time to come");
    consent.expiresAt = instantOf(question, "expires");
    return consent;
}

Json jsonOf(const Consent& consent, Instant now) {
    const auto time = [](const std::optional<Instant>& at) {
        return at ? Json(toRfc3339(*at)) : Json(nullptr);
    };
    return {{"consent", consent.id.text()},
            {"address", consent.address},
            {"channel", consent.channel},
            {"purpose", consent.purpose},
            {"level", compliance::nameOf(consent.level)},
            {"source", consent.source},
            {"proof", consent.proof},
            {"given", toRfc3339(consent.givenAt)},
            {"expires", time(consent.expiresAt)},
            {"revoked", time(consent.revokedAt)},
            {"state", consent.stateAt(now)}};
}

Json questionOf(const Arguments& arguments, const std::vector<const char*>& keys) {
    auto question = Json::object();
    for (const auto* key : keys)
        if (arguments.has(key)) question[key] = arguments.value(key);
    return question;
}

int add(const std::vector<std::string>& words) {
    const Arguments arguments(
        words,
        databaseOptions({"organization=", "phone=", "email=", "country=", "channel=", "purpose=", "level=",
                         "source=", "text=", "ip=", "page=", "given=", "expires=", "batch=", "json"}));
    if (!arguments.positional().empty()) throw UsageError{"say whose consent by --phone or --email"};
    if (!arguments.has("batch") && !arguments.has("phone") && !arguments.has("email"))
        throw UsageError{"say whose consent: --phone or --email"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    const auto now = SystemClock{}.now();
    const auto answer = [&](const Json& question) {
        const auto consent = consentOf(question, now);
        auto tx = opened.database->begin(organization.id);
        const bool made = compliance::giveConsent(tx, organization.id, consent);
        tx.commit();
        return Json{{"address", compliance::keptAddress(consent.address)},
                    {"recorded", made},
                    {"state", consent.stateAt(now)}};
    };
    if (arguments.has("batch")) return runBatch(arguments.value("batch"), answer);
    const auto done =
        answer(questionOf(arguments, {"phone", "email", "country", "channel", "purpose", "level", "source",
                                      "text", "ip", "page", "given", "expires"}));
    if (arguments.has("json"))
        std::cout << toText(done) << "\n";
    else
        std::cout << organization.name << ": the consent of " << textOf(done, "address")
                  << (done["recorded"].get<bool>() ? " is recorded" : " was recorded before") << " ("
                  << textOf(done, "state") << ")\n";
    return 0;
}

int revoke(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "phone=", "email=", "country=",
                                                      "channel=", "purpose=", "why=", "json"}));
    if (!arguments.positional().empty() || (!arguments.has("phone") && !arguments.has("email")))
        throw UsageError{"say whose consent: --phone or --email"};
    const auto address = addressOf(questionOf(arguments, {"phone", "email", "country"}));
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    const auto now = SystemClock{}.now();
    auto tx = opened.database->begin(organization.id);
    const auto ended = compliance::revokeConsent(
        tx, organization.id, address, arguments.value("channel", "*"), arguments.value("purpose", "*"),
        {{"why", arguments.value("why")}, {"at", toRfc3339(now)}}, now);
    tx.commit();
    if (arguments.has("json"))
        std::cout << toText({{"address", compliance::keptAddress(address)}, {"revoked", ended}}) << "\n";
    else
        std::cout << organization.name << ": " << ended << (ended == 1 ? " consent of " : " consents of ")
                  << compliance::keptAddress(address) << " revoked\n";
    return 0;
}

int show(const std::vector<std::string>& words) {
    const Arguments arguments(words,
                              databaseOptions({"organization=", "phone=", "email=", "country=", "json"}));
    if (!arguments.positional().empty() || (!arguments.has("phone") && !arguments.has("email")))
        throw UsageError{"say whose consent: --phone or --email"};
    const auto address = addressOf(questionOf(arguments, {"phone", "email", "country"}));
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    const auto now = SystemClock{}.now();
    auto tx = opened.database->begin(organization.id);
    const auto all = compliance::consentsOf(tx, organization.id, address);
    tx.commit();
    if (!arguments.has("json"))
        std::cout << compliance::keptAddress(address) << (all.empty() ? ": no consent\n" : "\n");
    for (const auto& consent : all) {
        const auto one = jsonOf(consent, now);
        if (arguments.has("json")) {
            std::cout << toText(one) << "\n";
            continue;
        }
        std::cout << "  " << textOf(one, "state") << ": " << replaceAll(textOf(one, "level"), "_", " ")
                  << " for " << (consent.purpose == "*" ? "everything" : consent.purpose) << " by "
                  << (consent.channel == "*" ? "every channel" : consent.channel) << ", given "
                  << textOf(one, "given") << " (" << consent.source << ")"
                  << (consent.expiresAt ? ", until " + textOf(one, "expires") : "")
                  << (consent.revokedAt ? ", revoked " + textOf(one, "revoked") : "")
                  << (consent.proof.empty() ? "" : ", proof " + toText(consent.proof)) << "\n";
    }
    return 0;
}

constexpr const char* kWho = R"(
  --phone, --email    whose; a number with its country code, or with --country CC
  --channel           sms, whatsapp, voice or email; every one when left out
  --purpose           marketing, reply or service; every one when left out
  --organization NAME name or id; may be left out when there is only one
  --json              as JSON
)";

const std::string kAddHelp =
    std::string(
        R"(Usage: overture consent add --phone NUMBER | --email ADDRESS --level LEVEL --source TEXT [OPTIONS]
       overture consent add --batch FILE    one question a line, with the same names; - is standard input

Writes down that a person may be contacted, and the proof of it. Somebody who opted out stays suppressed all the same.
)") +
    kWho +
    R"(  --level             express, or express_written, which needs --text
  --source TEXT       where it was given: "web form", "contract"
  --text TEXT         what they were shown and agreed to
  --page, --ip        where, and from which address
  --given TIME        when; now when left out
  --expires TIME      until when
)" + kDatabaseHelp +
    R"(
Example: overture consent add --phone +12025550100 --channel sms --purpose marketing --level express_written --source "web form" --text "Text me offers. Consent is no condition of purchase." --given 2026-03-01)";

const std::string kRevokeHelp =
    std::string(
        R"(Usage: overture consent revoke --phone NUMBER | --email ADDRESS [--channel C] [--purpose P] [--why TEXT] [OPTIONS]

Ends a person's consent from now on; that it was given stays on record. What was given for every channel or purpose ends with
any of them.
)") +
    kWho + kDatabaseHelp +
    R"(
Example: overture consent revoke --phone +12025550100 --channel voice --why "asked for texts only")";

const std::string kShowHelp =
    std::string(
        R"(Usage: overture consent show --phone NUMBER | --email ADDRESS [--json] [OPTIONS]

Shows every consent that was ever given for an address: for what, by which proof, and whether it is valid now.
)") +
    kDatabaseHelp + R"(
Example: overture consent show --phone +12025550100)";

const Registered addCommand{
    {"consent add", "writes down that a person may be contacted", kAddHelp.c_str(), add}};
const Registered revokeCommand{{"consent revoke", "ends a person's consent", kRevokeHelp.c_str(), revoke}};
const Registered showCommand{
    {"consent show", "who may be contacted, and by which proof", kShowHelp.c_str(), show}};

}  // namespace
}  // namespace overture::cli
