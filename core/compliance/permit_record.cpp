#include "compliance/permit_record.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "compliance/rules.hpp"
#include "queries/compliance.hpp"

namespace overture::compliance {
namespace {

void addInstant(Json& into, const char* key, const store::Row& row) {
    if (const auto at = row.maybeInstant(key)) into[key] = toRfc3339(*at);
}

Json consentsIn(const store::Rows& rows) {
    auto list = Json::array();
    for (const auto row : rows) {
        Json one = {{"channel", row.text("channel")}, {"purpose", row.text("purpose")},
                    {"level", row.text("level")},     {"source", row.text("source")},
                    {"proof", row.json("proof")},     {"given_at", toRfc3339(row.instant("given_at"))}};
        addInstant(one, "expires_at", row);
        addInstant(one, "revoked_at", row);
        list.push_back(std::move(one));
    }
    return list;
}

Json deliveriesIn(const store::Rows& rows) {
    auto list = Json::array();
    for (const auto row : rows) {
        Json one = {{"delivery", row.text("delivery_id")},
                    {"conversation", row.text("conversation_id")},
                    {"state", row.text("state")},
                    {"text", row.text("text")},
                    {"to", std::string(trim(row.text("first_name") + " " + row.text("last_name")))}};
        addInstant(one, "sent_at", row);
        list.push_back(std::move(one));
    }
    return list;
}

std::string listed(const Json& list) {
    std::vector<std::string> texts;
    for (const auto& item : list) texts.push_back(item.get<std::string>());
    return join(texts, ", ");
}

std::string line(const std::string& name, const std::string& text) {
    return name + std::string(name.size() < 15 ? 15 - name.size() : 1, ' ') + text + "\n";
}

/// "phone +1…, state AZ"
std::string placeText(const Json& evidence) {
    std::vector<std::string> parts;
    for (const auto& [key, value] : evidence.items())
        if (value.is_string() && !value.get<std::string>().empty())
            parts.push_back(replaceAll(key, "_", " ") + " " + value.get<std::string>());
    return parts.empty() ? "none" : join(parts, ", ");
}

std::string consentText(const Json& consent) {
    auto text = replaceAll(textOf(consent, "level"), "_", " ") + " for " + textOf(consent, "purpose") +
                " by " + textOf(consent, "channel") + ", given " + textOf(consent, "given_at") + " (" +
                textOf(consent, "source") + ")";
    if (consent.contains("expires_at")) text += ", until " + textOf(consent, "expires_at");
    if (consent.contains("revoked_at")) text += ", revoked " + textOf(consent, "revoked_at");
    if (!consent.at("proof").empty()) text += ", proof " + toText(consent.at("proof"));
    return text;
}

/// "not listed in us-dnc of 2026-03-01, 12 days old; …"
std::string registryText(const Json& request) {
    std::vector<std::string> parts;
    auto all = request.value("registries", Json::array());
    if (request.contains("registry")) all.push_back(request["registry"]);  // as permits were written once
    for (const auto& registry : all) {
        auto text = std::string(registry.value("listed", false) ? "listed" : "not listed") + " in " +
                    textOf(registry, "name", "a copy");
        if (registry.contains("date")) text += " of " + textOf(registry, "date");
        text += registry.contains("age_days")
                    ? ", " + std::to_string(registry["age_days"].get<int>()) + " days old"
                    : ", which was never fetched";
        parts.push_back(text);
    }
    return parts.empty() ? "not asked" : join(parts, "; ");
}

std::string rulesText(const Json& rules, const RulePacks& packs) {
    std::string text;
    for (const auto& rule : rules) {
        const auto id = textOf(rule, "id");
        const auto* known = packs.find(id);
        const auto about = known == nullptr || known->about.empty() ? std::string() : known->about + " ";
        text += "  " + id + ": " + about + "(" + textOf(rule, "source") + ")\n";
    }
    return text;
}

}  // namespace

std::optional<PermitRecord> findPermit(store::Transaction& tx, const OrganizationId& organization,
                                       const PermitId& id) {
    const auto rows = tx.run(sql::compliance::permit, {organization, id});
    if (rows.empty()) return std::nullopt;
    const auto row = rows[0];
    PermitRecord permit{row.id<PermitId>("permit_id"),
                        row.integer("sequence"),
                        row.text("address"),
                        row.text("channel"),
                        row.text("purpose"),
                        row.text("hash"),
                        row.instant("minute"),
                        row.json("document"),
                        {},
                        {}};
    permit.consents = consentsIn(tx.run(sql::compliance::consents_of_address,
                                        {organization, permit.address, permit.minute + minutes(1)}));
    permit.deliveries = deliveriesIn(tx.run(sql::compliance::deliveries_of_permit, {organization, id}));
    return permit;
}

std::string explain(const PermitRecord& permit) {
    const auto& document = permit.document;
    if (document.contains("erasures"))
        return line("Entry",
                    permit.id.text() + ", number " + std::to_string(permit.sequence) + " of the chain") +
               line("Says",
                    std::to_string(document["erasures"].size()) +
                        " permits of people who were erased hold neither name nor place any more, as of " +
                        toRfc3339(permit.minute));
    const auto request = document.value("request", Json::object());
    const auto packs = RulePacks::load({});
    auto text =
        line("Permit", permit.id.text() + ", number " + std::to_string(permit.sequence) + " of the chain") +
        line("Allowed", permit.channel + " to " + permit.address + " (" + permit.purpose +
                            "), in the minute of " + toRfc3339(permit.minute));
    for (const auto& zone : document.value("zones", Json::array()))
        text += line("Their clock", localTime(zone.get<std::string>(), permit.minute).text() + " in " +
                                        zone.get<std::string>());
    text += line("Place", "by " + listed(document.value("by", Json::array())) + ": " +
                              placeText(document.value("evidence", Json::object())));
    text += line("Jurisdictions", listed(document.value("jurisdictions", Json::array())));
    text += line("Consent", "counted as " + replaceAll(textOf(request, "consent", "none"), "_", " "));
    for (const auto& consent : permit.consents) text += line("", consentText(consent));
    text += line("Registry", registryText(request));
    text += line("Suppressed", request.value("suppressed", false) ? "yes" : "no");
    const auto attempts = request.value("attempts", Json::array());
    text +=
        line("Tried before",
             attempts.empty() ? "never"
                              : (attempts.size() == 1 ? "once" : std::to_string(attempts.size()) + " times") +
                                    ": " + listed(attempts));
    text += "Rules asked, of packs " + textOf(document, "packs") + ", all of which allowed it\n" +
            rulesText(document.value("rules", Json::array()), *packs);
    const auto duties = document.value("duties", Json::array());
    if (!duties.empty()) text += "It had to carry\n" + rulesText(duties, *packs);
    for (const auto& sent : permit.deliveries)
        text += line("Used for", textOf(sent, "state") +
                                     (sent.contains("sent_at") ? " " + textOf(sent, "sent_at") : "") +
                                     ", to " + textOf(sent, "to") + " in conversation " +
                                     textOf(sent, "conversation") + ": \"" + textOf(sent, "text") + "\"");
    if (permit.deliveries.empty()) text += line("Used for", "nothing: no delivery carries it");
    return text;
}

}  // namespace overture::compliance
