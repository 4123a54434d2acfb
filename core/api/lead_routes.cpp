#include <algorithm>

#include "api/shared.hpp"
#include "base/digest.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "campaign/campaign.hpp"
#include "campaign/columns.hpp"
#include "campaign/importing.hpp"
#include "campaign/versions.hpp"
#include "queries/api.hpp"

namespace overture::api {
namespace {

using tenant::Role;

constexpr const char* kTexts[] = {"external_id", "first_name",  "last_name", "phone",   "email",    "country",
                                  "state",       "postal_code", "zone",      "company", "language", "title"};

Json leadSchema() {
    Json properties{
        {"id", uuid()}, {"custom", type("object", "the list's other columns")}, {"created_at", time()}};
    for (const auto* name : kTexts) properties[name] = maybe("string");
    properties["phone"] = maybe("string", "E.164");
    properties["country"] = maybe("string", "ISO 3166-1 alpha-2");
    properties["zone"] = maybe("string", "as the list said it; evidence, not verdict");
    return object(properties);
}

Json jsonOf(const store::Row& row) {
    Json lead{{"id", row.text("lead_id")},
              {"custom", row.json("custom")},
              {"created_at", toRfc3339(row.instant("created_at"))}};
    for (const auto* name : kTexts) lead[name] = textOrNull(row, name);
    return lead;
}

constexpr std::size_t kMostWords = 8;

/// Where a page of names ended: the word that led there, what it found, and whom.
struct NamedPlace {
    std::string leading, word;
    Uuid lead;
    std::string text() const { return toHex(leading) + "_" + toHex(word) + "_" + lead.text(); }
};

std::optional<std::string> textOfHex(const std::string& hex) {
    if (hex.size() % 2 != 0 || hex.find_first_not_of("0123456789abcdef") != std::string::npos)
        return std::nullopt;
    std::string text;
    for (std::size_t i = 0; i < hex.size(); i += 2)
        text += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return isUtf8(text) && text.find('\0') == std::string::npos ? std::optional(text) : std::nullopt;
}

NamedPlace namedPlaceIn(const std::string& cursor) {
    const auto parts = split(cursor, '_');
    if (parts.size() == 3) {
        const auto leading = textOfHex(parts[0]), word = textOfHex(parts[1]);
        const auto lead = Uuid::parse(parts[2]);
        if (leading && word && lead) return {*leading, *word, *lead};
    }
    throw Refusal{400, "invalid", "This is no cursor of such a search; take `next` of the page before.",
                  "after"};
}

std::vector<std::string> wordsOf(Call& call, const std::string& name) {
    const auto plain = call.tx.run(sql::api::plain_words, {name})[0].text("words");
    if (plain.empty()) throw Refusal{400, "invalid", "There is no letter and no digit in it.", "name"};
    auto words = split(plain, ' ');
    if (words.size() > kMostWords) throw Refusal{400, "invalid", "It takes up to eight words.", "name"};
    return words;
}

std::string rarestOf(Call& call, const std::vector<std::string>& words) {
    const auto counts =
        call.tx.run(sql::api::count_lead_words, {call.organization, store::Param::array(words)});
    std::size_t rarest = 0;
    for (std::size_t i = 1; i < words.size(); ++i)
        if (counts[i].integer("found") < counts[rarest].integer("found")) rarest = i;
    return words[rarest];
}

/// By the word that fits, then the newest first. A page costs the same however many fit, and ends after the words that were looked at.
Answer named(Call& call) {
    if (call.query.contains("who"))
        throw Refusal{400, "invalid", "A search is for `who` or for `name`.", "name"};
    const auto settings = call.tx.run(sql::api::settings, {call.organization})[0].json("settings");
    if (settings.value("sealed", false))
        throw Refusal{409, "sealed",
                      "The names of this organization's leads are sealed; search with `who`, for a phone, an "
                      "email or an external id."};
    auto words = wordsOf(call, textOf(call.query, "name"));
    NamedPlace from{words[0], "", highest()};
    if (call.query.contains("after"))
        from = namedPlaceIn(textOf(call.query, "after"));
    else if (words.size() > 1)
        from.leading = rarestOf(call, words);
    const auto leading = std::find(words.begin(), words.end(), from.leading);
    if (leading == words.end())
        throw Refusal{400, "invalid", "This is the cursor of another search; take `next` of its pages.",
                      "after"};
    words.erase(leading);
    const auto found = call.tx.runAll(
        {{sql::api::leads_named,
          {call.organization, from.leading, store::Param::array(words), from.word, from.lead,
           rowsWanted(call)}},
         {sql::api::leads_named_end, {call.organization, from.leading, from.word, from.lead}}});
    Json items = Json::array();
    for (const auto row : found[0]) items.push_back(jsonOf(row));
    auto answer = page(call, std::move(items));
    const auto goOnAfter = [&](const store::Row& row) {
        answer.document["next"] = NamedPlace{from.leading, row.text("word"), row.uuid("lead_id")}.text();
    };
    if (!answer.document["next"].is_null())
        goOnAfter(found[0][answer.document["items"].size() - 1]);
    else if (!found[1].empty())
        goOnAfter(found[1][0]);
    return answer;
}

Answer leadsOf(Call& call, const store::Rows& rows) {
    Json items = Json::array();
    for (const auto row : rows) items.push_back(jsonOf(row));
    return page(call, std::move(items));
}

Answer list(Call& call) {
    if (call.query.contains("name")) return named(call);
    const auto who = textOf(call.query, "who");
    if (who.empty())
        return leadsOf(call,
                       call.tx.run(sql::api::leads, {call.organization, below(call), rowsWanted(call)}));
    return leadsOf(call, call.tx.run(sql::api::leads_found, {call.organization, after(call), who,
                                                             lowerAscii(who), rowsWanted(call)}));
}

Answer show(Call& call) {
    const auto rows = call.tx.run(sql::api::lead, {call.organization, call.id<LeadId>("lead")});
    if (rows.empty()) notFound("lead");
    auto lead = jsonOf(rows[0]);
    const auto tag = tagOf(lead);
    return {std::move(lead), tag};
}

Answer change(Call& call) {
    const auto id = call.id<LeadId>("lead");
    call.tx.run(sql::api::lock_lead, {call.organization, id});
    call.mustMatch(show(call).tag);
    const auto zone = textOf(call.body, "zone");
    if (!zone.empty() && !isZone(zone))
        throw Refusal{400, "invalid", "This is no time zone; a name like America/Phoenix is.", "zone"};
    auto custom = call.body.value("custom", Json::object());
    if (call.body.contains("instructions")) custom["instructions"] = call.body["instructions"];
    const auto given = [&](const char* name) {
        const auto text = textOf(call.body, name);
        return text.empty() ? store::Param(nullptr) : store::Param(text);
    };
    call.tx.run(sql::api::change_lead, {call.organization, id, custom, given("zone"), given("language")});
    return show(call);
}

/// "TIME_CONVERSATION_NUMBER" of the last one of a page.
struct Place {
    Instant at;
    Uuid conversation;
    std::int64_t number = 0;
};
std::optional<Place> placeIn(const std::string& text) {
    const auto parts = split(text, '_');
    if (parts.size() != 3 || parts[2].empty() || parts[2].size() > 9 ||
        parts[2].find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    const auto at = parseRfc3339(parts[0]);
    const auto conversation = Uuid::parse(parts[1]);
    if (!at || !conversation) return std::nullopt;
    return Place{*at, *conversation, std::stoll(parts[2])};
}

Answer history(Call& call) {
    const auto id = call.id<LeadId>("lead");
    if (call.tx.run(sql::api::lead, {call.organization, id}).empty()) notFound("lead");
    std::optional<Place> from;
    if (call.query.contains("after") && !(from = placeIn(call.query["after"].get<std::string>())))
        throw Refusal{400, "invalid", "This is no cursor; take `next` of the page before.", "after"};
    const auto rows = call.tx.run(
        sql::api::history, {call.organization, id, from ? store::Param(from->at) : store::Param(nullptr),
                            from ? store::Param(from->conversation) : store::Param(nullptr),
                            from ? store::Param(from->number) : store::Param(nullptr), rowsWanted(call)});
    Json items = Json::array();
    for (const auto row : rows) {
        const auto at = toRfc3339(row.instant("at"));
        items.push_back(
            {{"id", at + "_" + row.text("conversation_id") + "_" + std::to_string(row.integer("number"))},
             {"conversation", row.text("conversation_id")},
             {"campaign", row.text("campaign_id")},
             {"direction", row.text("direction")},
             {"author", row.text("author")},
             {"channel", row.text("channel")},
             {"stage", row.text("stage")},
             {"text", row.text("text")},
             {"at", at}});
    }
    return page(call, std::move(items));
}

Cells cellsOf(const Json& lead) {
    Cells cells;
    for (const auto& [name, value] : lead.items()) {
        if (name == "custom")
            for (const auto& [own, text] : value.items()) cells.emplace_back(own, text.get<std::string>());
        else
            cells.emplace_back(name, value.get<std::string>());
    }
    return cells;
}

/// Begins transactions of its own: said again, it finishes what a crash left undone, and makes nobody twice.
Answer imported(Call& call, const std::string& bytes, const std::string& file,
                const std::string& consentText = {}) {
    const auto id = call.id<CampaignId>("campaign");
    const auto version = versionThatTakesLeads(call, id);
    campaign::ImportOptions options;
    options.file = file;
    options.region = textOf(call.body, "region");
    options.consentText = consentText;
    const auto work = [&]() -> Answer {
        const auto checked = campaign::checkedVersion(call.tx, call.organization, version);
        const auto report = campaign::importLeads(call.database, call.organization, id, bytes, options,
                                                  checked.definition->firstStage, checked.version, call.now);
        const auto plan = campaign::planFirstTouches(
            call.database, call.organization, id, *checked.definition, compliance::Gate(),
            static_cast<std::uint64_t>(call.now.time_since_epoch().count()), call.now);
        auto done = campaign::reportJson(report);
        campaign::addPlan(done, plan);
        Json audited{{"rows", report.rows}, {"imported", report.imported}, {"rejected", report.rejected}};
        return {std::move(done), {}, true, std::move(audited)};
    };
    return orRefuse(400, "invalid", work, file == "the body" ? "" : "csv");
}

Answer import(Call& call) {
    return imported(call, call.body["csv"].get<std::string>(), "csv");
}

constexpr const char* kConsentFields[] = {"consent", "consent_source", "consent_date", "consent_text"};

/// Consent lets messages out: who may not write it down elsewhere may not do it here, and not under another name.
void mustBeAllowedToConsent(const Call& call) {
    for (const auto* name : kConsentFields)
        if (call.body.contains(name) && call.caller.role < Role::manager)
            throw Refusal{403, "role", "Consent is written down by the role manager; leave it out.", name};
    if (textOf(call.body, "consent") == "written" && textOf(call.body, "consent_text").empty())
        throw Refusal{400, "invalid", "Written consent takes the text that was shown to them.",
                      "consent_text"};
    using campaign::Field;
    const auto custom = call.body.value("custom", Json::object());
    for (const auto& [name, value] : custom.items()) {
        const auto field = campaign::columnOf(name).field;
        if (field == Field::consent || field == Field::consentSource || field == Field::consentDate)
            throw Refusal{400, "invalid",
                          "This says consent; `consent` and the fields beside it are for that.",
                          "custom." + name};
    }
}

Answer create(Call& call) {
    mustBeAllowedToConsent(call);
    auto lead = call.body;
    lead.erase("region");
    lead.erase("consent_text");
    auto answer = imported(call, listOfOne(cellsOf(lead)), "the body", textOf(call.body, "consent_text"));
    if (answer.document["rejected"] != 0)
        throw Refusal{400, "invalid",
                      "The lead cannot be used: " + textOf(answer.document["notes"][0], "reason") + "."};
    return answer;
}

Json leadBody() {
    Json properties;
    for (const auto* name : kTexts) properties[name] = {{"type", "string"}, {"maxLength", 1000}};
    properties["region"] = {{"type", "string"},
                            {"maxLength", 2},
                            {"description", "for a phone number without its country's code"}};
    properties["consent"] = {{"type", "string"},
                             {"enum", {"yes", "written", "no"}},
                             {"description", "takes the role manager, as what stands beside it does"}};
    properties["consent_source"] = {
        {"type", "string"}, {"maxLength", 1000}, {"description", "where it was given"}};
    properties["consent_date"] = {{"type", "string"}, {"maxLength", 40}};
    properties["consent_text"] = {{"type", "string"},
                                  {"maxLength", 2000},
                                  {"description", "what was shown to who consented in writing"}};
    properties["custom"] = {
        {"type", "object"},
        {"description", "what the playbook may know of them; `instructions` is told to the agent"},
        {"additionalProperties", {{"type", "string"}, {"maxLength", 1000}}}};
    return {{"type", "object"},
            {"examples", {{{"phone", "+1 202-555-0142"}, {"first_name", "Ann"}}}},
            {"properties", properties},
            {"additionalProperties", false}};
}

}  // namespace

std::vector<Route> leadRoutes() {
    const Json who{{"who",
                    {{"type", "string"},
                     {"minLength", 1},
                     {"description", "only the lead with this phone (E.164), email or external id"}}},
                   {"name",
                    {{"type", "string"},
                     {"minLength", 1},
                     {"maxLength", 200},
                     {"description",
                      "only leads whose first name, last name or company have words that begin so, whatever "
                      "case and accents: `zo mul` finds Zoë Müller. By the word that fits, not the newest "
                      "first; of words that very many have, a page may hold fewer than there are, and "
                      "`next` goes on"}}}};
    return {
        {"GET",
         "/v1/leads",
         "listLeads",
         "Every lead, the newest first; or those found.",
         Role::agent,
         listQuery(who),
         {},
         listSchema(leadSchema()),
         list},
        {"GET", "/v1/leads/{lead}", "showLead", "One lead.", Role::agent, {}, {}, leadSchema(), show},
        {"POST",
         "/v1/leads/{lead}/change",
         "changeLead",
         "Adds to what is known of a lead. `instructions` is told to the agent with every message to them.",
         Role::agent,
         {},
         {{"type", "object"},
          {"properties",
           {{"instructions", {{"type", "string"}, {"maxLength", 1000}}},
            {"zone",
             {{"type", "string"}, {"maxLength", 100}, {"description", "a name like America/Phoenix"}}},
            {"language", {{"type", "string"}, {"maxLength", 20}}},
            {"custom",
             {{"type", "object"}, {"additionalProperties", {{"type", "string"}, {"maxLength", 1000}}}}}}},
          {"additionalProperties", false}},
         leadSchema(),
         change},
        {"GET",
         "/v1/leads/{lead}/history",
         "showLeadHistory",
         "What was said with a lead in all conversations, the newest first.",
         Role::agent,
         listQuery(),
         {},
         listSchema(object({{"id", type("string")},
                            {"conversation", uuid()},
                            {"campaign", uuid()},
                            {"direction", type("string")},
                            {"author", type("string")},
                            {"channel", type("string")},
                            {"stage", type("string")},
                            {"text", type("string")},
                            {"at", time()}})),
         history},
        {"POST",
         "/v1/campaigns/{campaign}/leads",
         "createLead",
         "Adds one lead to a campaign, as a list of one row: cleaned, merged with who is there, touched when "
         "pacing says.",
         Role::agent,
         {},
         leadBody(),
         importReportSchema(),
         create},
        {"POST",
         "/v1/campaigns/{campaign}/import",
         "importLeads",
         "Adds a list (CSV with a header of any sensible spelling) to a campaign: all of it or nothing. Rows "
         "that cannot be "
         "used are reported with their line. The same list again makes nobody twice.",
         Role::manager,
         {},
         {{"type", "object"},
          {"required", {"csv"}},
          {"properties",
           {{"csv", {{"type", "string"}, {"minLength", 1}, {"examples", {"name,phone\nMax,+12025550143\n"}}}},
            {"region",
             {{"type", "string"},
              {"maxLength", 2},
              {"description", "for phone numbers without their country's code"}}}}},
          {"additionalProperties", false}},
         importReportSchema(),
         import},
    };
}

}  // namespace overture::api
