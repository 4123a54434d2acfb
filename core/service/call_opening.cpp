#include "service/call_opening.hpp"

#include "base/digest.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
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

/// Ours hold, whatever the campaign's binding is named: "transcribe" and "synthesize", or "speech" for both.
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
    for (const char* name : {"voice", "speed"})
        if (settings.contains(std::string("voice_") + name))
            facts.voice[name] = settings[std::string("voice_") + name];
    auto plan = planOf(facts, row.json("parts"), settings, !words);
    plan.relayed = words;
    if (plan.records) facts.tape = record(tx, facts, bindings);
    tx.commit();
    facts.carrier = instances_.of(organization, binding);
    if (words) return OpenedCall{std::move(facts), std::move(plan)};
    facts.hearing = instances_.of(organization, speechBinding(bindings, "transcribe"));
    facts.speaking = instances_.of(organization, speechBinding(bindings, "synthesize"));
    return OpenedCall{std::move(facts), std::move(plan)};
}

call::Plan CallOpening::planOf(const CallFacts& facts, const Json& parts, const Json& settings, bool sound) {
    const auto reply = instances_.channel("voice")->call(
        "channel.call/1", "manners",
        {{"language", facts.language}, {"sender_name", textOf(settings, "company")}}, kManners);
    if (!reply.ok()) throw Error("the voice channel has no manners: " + reply.message, "voice");
    call::Plan plan;
    plan.manners = call::Manners::fromJson(reply.document);
    plan.outward = facts.outward;
    plan.screening = textsIn(reply.document, "who_calls");
    if (settings.value("voice_leave_message", true)) plan.leave = textsIn(reply.document, "leave");
    if (const auto most = settings.find("voice_most_seconds");
        most != settings.end() && most->is_number_unsigned())
        plan.most = std::min(options_.longest, seconds(most->get<std::int64_t>()));
    const bool wanted = settings.value("voice_record", Json()) == true;
    plan.records = wanted && sound && options_.recordings != nullptr;
    if (wanted && !plan.records)
        log::warning("call_not_recorded",
                     {{"call", facts.id},
                      {"problem", sound ? "this engine was begun without --recordings"
                                        : "its carrier hears and speaks: the sound is not ours"}});
    if (facts.returned) {
        plan.outward = false;
        plan.told = plan.records;
        plan.opening = textsIn(reply.document, "nobody");
        return plan;
    }
    bool saysRecorded = false;
    if (!facts.outward) {
        plan.notice = textsIn(reply.document, "who_calls");
    } else if (parts.is_array() && !parts.empty()) {
        plan.notice = textsIn(parts[0], "notice");
        plan.opening = textsIn(parts[0], "sentences");
        saysRecorded = parts[0].value("says_recorded", Json()) == true;
    }
    if (plan.records && !saysRecorded)
        for (auto& one : textsIn(reply.document, "recorded")) plan.notice.push_back(std::move(one));
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
