#include "service/call_opening.hpp"

#include "base/digest.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "playbook/scope.hpp"
#include "queries/service.hpp"

namespace overture::service {
namespace {

constexpr auto kManners = milliseconds(3000);

std::vector<std::string> textsIn(const Json& document, const char* name) {
    std::vector<std::string> all;
    if (const auto found = document.find(name); found != document.end() && found->is_array())
        for (const auto& one : *found)
            if (one.is_string()) all.push_back(one.get<std::string>());
    return all;
}

/// Ours hold, whatever the campaign's binding is named: "transcribe" and "synthesize", or "speech" for both. Who is named "converse" hears
/// in place of the first.
BindingId speechBinding(const Json& bindings, const char* role) {
    const auto own = BindingId::parse(textOf(bindings, role));
    const auto both = BindingId::parse(textOf(bindings, "speech"));
    if (!own && !both)
        throw Error(std::string("this campaign has no binding \"speech\" or \"") + role +
                        "\": its calls have no voice",
                    "campaign");
    return own ? *own : *both;
}

}  // namespace

std::string CallOpening::digestOf(const std::string& token) {
    return toHex(sha256(token));
}

std::optional<OpenedCall> CallOpening::take(const OrganizationId& organization, const BindingId& binding,
                                            const std::string& token, const std::string& reference,
                                            bool words) {
    if (token.size() < 16) return std::nullopt;
    const auto now = clock_.now();
    auto tx = database_.begin(organization);
    const auto rows =
        tx.run(sql::service::take_call,
               {organization, binding, digestOf(token), options_.engine, now, now + options_.sign,
                reference.empty() ? store::Param(nullptr) : store::Param(reference)});
    if (rows.empty()) {
        log::warning("media_without_call", {{"binding", binding.text()}});
        return std::nullopt;
    }
    const auto row = rows[0];
    const auto bindings = row.json("bindings"), settings = row.json("settings"),
               details = row.json("details");
    CallFacts facts;
    facts.organization = organization;
    facts.binding = binding;
    facts.conversation = row.id<ConversationId>("conversation_id");
    facts.id = row.uuid("call_id").text();
    facts.outward = row.text("direction") == "outward";
    facts.reference = row.text("reference");
    facts.phone = row.text("phone");
    facts.language = row.text("language").empty() ? "en" : row.text("language");
    facts.opening = row.text("text");
    facts.returned = details.value("transferred", false);
    facts.linesBefore = static_cast<int>(row.integer("lines"));
    if (!facts.returned) facts.transferTo = textOf(settings, "voice_transfer_to");
    const auto manners = mannersFor(facts.language, settings);
    std::vector<std::string> leave;
    if (const auto definition = playbookOf(organization, row.text("version"))) {
        facts.tellsAloud = definition->calls.tellsAloud;
        facts.nobody = aloud(*definition, definition->calls.nobody, facts.language, row);
        leave = aloud(*definition, definition->calls.leave, facts.language, row);
    }
    if (facts.nobody.empty()) facts.nobody = textsIn(manners, "nobody");
    facts.unrecorded = textsIn(manners, "unrecorded");
    for (const char* name : {"voice", "speed"})
        if (settings.contains(std::string("voice_") + name))
            facts.voice[name] = settings[std::string("voice_") + name];
    auto plan = planOf(facts, manners, row.json("parts"), settings, !words, row.boolean("recording_refused"));
    plan.relayed = words;
    if (!plan.leave.empty() && !leave.empty()) plan.leave = std::move(leave);
    if (plan.records) facts.tape = record(tx, facts, bindings);
    tx.commit();
    facts.carrier = instances_.of(organization, binding);
    if (words) return OpenedCall{std::move(facts), std::move(plan)};
    if (const auto own = BindingId::parse(textOf(bindings, "converse"))) {
        facts.hearing = instances_.of(organization, *own);
        facts.conversing = agent::Converser{*own, facts.hearing};
    } else {
        facts.hearing = instances_.of(organization, speechBinding(bindings, "transcribe"));
    }
    facts.speaking = instances_.of(organization, speechBinding(bindings, "synthesize"));
    return OpenedCall{std::move(facts), std::move(plan)};
}

std::optional<Json> CallOpening::known(const OrganizationId& organization, const BindingId& binding,
                                       const std::string& call, const std::string& reference) {
    auto tx = database_.begin(organization);
    const auto rows = tx.run(sql::service::known_call,
                             {organization, binding, Uuid::parse(call),
                              reference.empty() ? store::Param(nullptr) : store::Param(reference)});
    tx.commit();
    if (rows.empty()) return std::nullopt;
    const auto row = rows[0];
    const auto settings = row.json("settings");
    const auto language = row.text("language").empty() ? "en" : row.text("language");
    const auto definition = playbookOf(organization, row.text("version"));
    const bool tells = !definition || definition->calls.tellsAloud;
    return Json{{"call_id", row.uuid("call_id").text()},
                {"language", language},
                {"say", textsIn(mannersFor(language, settings), "who_calls")},
                {"transfer_to", textOf(settings, "voice_transfer_to")},
                {"summary", tells ? textOf(row.json("told"), "aloud") : ""},
                {"most_seconds", longestOf(settings).count()}};
}

Json CallOpening::mannersFor(const std::string& language, const Json& settings) const {
    auto reply = instances_.channel("voice")->call(
        "channel.call/1", "manners", {{"language", language}, {"sender_name", textOf(settings, "company")}},
        kManners);
    if (!reply.ok()) throw Error("the voice channel has no manners: " + reply.message, "voice");
    return std::move(reply.document);
}

std::shared_ptr<const playbook::Definition> CallOpening::playbookOf(const OrganizationId& organization,
                                                                    const std::string& version) const {
    if (options_.library == nullptr) return nullptr;
    try {
        return options_.library->version(organization, version)->definition;
    } catch (const store::DatabaseError&) {
        throw;
    } catch (const Error& error) {  // its turns say so
        log::error("call_without_playbook", {{"version", version}, {"problem", error.what()}});
        return nullptr;
    }
}

std::vector<std::string> CallOpening::aloud(const playbook::Definition& definition,
                                            const playbook::Texts& texts, const std::string& language,
                                            const store::Row& row) const {
    if (texts.empty()) return {};
    const Json lead{{"first_name", row.text("first_name")}, {"last_name", row.text("last_name")}};
    const auto settings = row.json("settings"), facts = row.json("facts");
    playbook::Scope scope;
    scope.refer("lead", lead);
    scope.refer("settings", settings);
    scope.refer("facts", facts);
    scope.refer("persona", definition.persona);
    const auto text = playbook::render(playbook::textIn(texts, language, definition), scope);
    if (!text) return {};
    const auto reply = instances_.channel("voice")->call("channel.call/1", "speak",
                                                         {{"text", *text}, {"language", language}}, kManners);
    return reply.ok() ? textsIn(reply.document, "sentences") : std::vector<std::string>{*text};
}

seconds CallOpening::longestOf(const Json& settings) const {
    const auto most = settings.find("voice_most_seconds");
    return most != settings.end() && most->is_number_unsigned()
               ? std::min(options_.longest, seconds(most->get<std::int64_t>()))
               : options_.longest;
}

call::Plan CallOpening::planOf(const CallFacts& facts, const Json& manners, const Json& parts,
                               const Json& settings, bool sound, bool refused) {
    call::Plan plan;
    plan.manners = call::Manners::fromJson(manners);
    plan.outward = facts.outward;
    plan.screening = textsIn(manners, "who_calls");
    if (settings.value("voice_leave_message", true)) plan.leave = textsIn(manners, "leave");
    if (const auto most = settings.find("voice_most_seconds");
        most != settings.end() && most->is_number_unsigned())
        plan.most = std::min(options_.longest, seconds(most->get<std::int64_t>()));
    const bool wanted = settings.value("voice_record", Json()) == true;
    plan.records = wanted && sound && !refused && options_.recordings != nullptr;
    if (wanted && !plan.records && !refused)
        log::warning("call_not_recorded",
                     {{"call", facts.id},
                      {"problem", sound ? "this engine was begun without --recordings"
                                        : "its carrier hears and speaks: the sound is not ours"}});
    if (facts.returned) {
        plan.outward = false;
        plan.told = plan.records;
        plan.opening = facts.nobody;
        return plan;
    }
    bool saysRecorded = false;
    if (!facts.outward) {
        plan.notice = textsIn(manners, "who_calls");
    } else if (parts.is_array() && !parts.empty()) {
        plan.notice = textsIn(parts[0], "notice");
        plan.opening = textsIn(parts[0], "sentences");
        saysRecorded = parts[0].value("says_recorded", Json()) == true;
    }
    if (plan.records && !saysRecorded)
        for (auto& one : textsIn(manners, "recorded")) plan.notice.push_back(std::move(one));
    return plan;
}

/// A call that cannot be recorded is held all the same.
std::shared_ptr<Tape> CallOpening::record(store::Transaction& tx, const CallFacts& facts,
                                          const Json& bindings) {
    try {
        return options_.recordings->begin(tx, facts.organization, *Uuid::parse(facts.id),
                                          BindingId::parse(textOf(bindings, "storage")));
    } catch (const store::DatabaseError&) {
        throw;
    } catch (const std::exception& error) {
        log::error("call_not_recorded", {{"call", facts.id}, {"problem", error.what()}});
        return nullptr;
    }
}

}  // namespace overture::service
