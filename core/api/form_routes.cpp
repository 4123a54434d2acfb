#include <algorithm>

#include "api/shared.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "campaign/campaign.hpp"
#include "campaign/lead_list.hpp"
#include "campaign/versions.hpp"
#include "compliance/consent.hpp"
#include "queries/api.hpp"
#include "turn/mailbox.hpp"

namespace overture::api {
namespace {

using tenant::Role;
using FormId = Id<struct FormTag>;

constexpr int kFormsOfANetwork = 10;  // times what it may send of one

constexpr const char* kFields[] = {"name",        "first_name", "last_name", "phone",    "email",
                                   "postal_code", "state",      "country",   "language", "company"};

Json jsonOf(const store::Row& row) {
    return {{"id", row.text("form_id")},
            {"campaign", row.text("campaign_id")},
            {"name", row.text("name")},
            {"region", row.text("region")},
            {"consent_text", row.text("consent_text")},
            {"origins", row.array("origins")},
            {"created_at", toRfc3339(row.instant("created_at"))},
            {"closed_at", timeOrNull(row, "closed_at")}};
}

Answer list(Call& call) {
    Json items = Json::array();
    for (const auto row : call.tx.run(sql::api::forms, {call.organization, nullptr}))
        items.push_back(jsonOf(row));
    return {{{"items", items}, {"next", nullptr}}};
}

Answer create(Call& call) {
    const auto campaign = CampaignId::parse(call.body["campaign"].get<std::string>());
    if (!campaign) throw Refusal{400, "invalid", "This is no id.", "campaign"};
    if (call.tx.run(sql::api::campaigns, {call.organization, nullptr, *campaign, 1}).empty())
        notFound("campaign");
    const auto origins = call.body["origins"].get<std::vector<std::string>>();
    for (const auto& origin : origins)
        if (const auto fault = faultOfOrigin(origin)) throw Refusal{400, "invalid", *fault, "origins"};
    const FormId id(uuid7(call.now));
    call.tx.run(sql::api::insert_form,
                {call.organization, id, *campaign, call.body["name"].get<std::string>(),
                 call.body["region"].get<std::string>(), call.body["consent_text"].get<std::string>(),
                 store::Param::array(origins), call.now});
    return {
        jsonOf(call.tx.run(sql::api::forms, {call.organization, id})[0]), {}, false, {{"form", id.text()}}};
}

Answer close(Call& call) {
    if (call.tx.run(sql::api::close_form, {call.organization, call.ids.at("form"), call.now}).affected() == 0)
        notFound("form that is open");
    return {{{"id", call.ids.at("form").text()}}};
}

/// One filled in form, on its way to be a lead.
class Submission {
public:
    Submission(OpenCall& call, OrganizationId organization, const store::Row& form)
        : call_(call), organization_(organization), form_(jsonOf(form)), version_(form.text("version")) {
        campaign_ = *CampaignId::parse(textOf(form_, "campaign"));
    }

    void take() {
        auto list = campaign::readLeads(table(), options(), call_.now);
        if (!list.rejected.empty())
            throw Refusal{400, "invalid", "This cannot be used: " + list.rejected[0].reason + "."};
        if (list.leads.empty()) throw Refusal{400, "invalid", "Fill in a phone number or an email address."};
        const auto lead = list.leads[0].lead;
        agree(lead);
        auto tx = call_.means.database.begin(organization_);
        const auto version = campaign::checkedVersion(tx, organization_, version_);
        tx.commit();
        campaign::importLeads(call_.means.database, organization_, campaign_, std::move(list), options(),
                              version.definition->firstStage, version.version, call_.now);
        touch(lead, *version.definition);
    }

private:
    campaign::ImportOptions options() const {
        campaign::ImportOptions options;
        options.region = textOf(form_, "region");
        options.file = "form " + textOf(form_, "name");
        options.keepsAddresses = true;
        return options;
    }

    std::string table() const {
        Cells cells;
        for (const auto* name : kFields)
            if (call_.body.contains(name)) cells.emplace_back(name, call_.body[name].get<std::string>());
        const auto answers = call_.body.value("answers", Json::object());
        for (const auto& [question, answer] : answers.items())
            cells.emplace_back("answer " + question, answer.get<std::string>());
        return listOfOne(cells);
    }

    /// What the ticked box is worth: the text beside it, where and when.
    void agree(const turn::Lead& lead) {
        const auto text = textOf(form_, "consent_text");
        if (!call_.body.value("consent", false) || text.empty()) return;
        auto tx = call_.means.database.begin(organization_);
        for (const auto& address : {lead.phone, lead.email}) {
            if (address.empty()) continue;
            compliance::Consent consent;
            consent.address = address;
            consent.purpose = "marketing";
            consent.level = compliance::ConsentLevel::expressWritten;
            consent.source = "form " + textOf(form_, "name");
            consent.givenAt = call_.now;
            consent.proof = {{"form", textOf(form_, "id")},
                             {"ip", call_.origin.network},
                             {"page", plainText(textOf(call_.headers, "referer"))},
                             {"text", text}};
            compliance::giveConsent(tx, organization_, consent);
        }
        tx.commit();
    }

    /// At once: the gate says, when it is due, whether it may leave now, later or not at all.
    void touch(const turn::Lead& lead, const playbook::Definition& definition) {
        auto tx = call_.means.database.begin(organization_);
        const auto channels =
            tx.run(sql::api::forms, {organization_, textOf(form_, "id")})[0].array("channels");
        std::vector<std::string> reachable;
        for (const auto& channel : channels)
            if (!campaign::addressOn(lead, channel).empty()) reachable.push_back(channel);
        const auto first = campaign::nextTouch(definition, std::nullopt, reachable);
        if (!first) return;
        const auto none = [](const std::string& text) {
            return text.empty() ? store::Param(nullptr) : store::Param(text);
        };
        for (const auto row :
             tx.run(sql::api::untouched_of, {organization_, campaign_, none(lead.phone), none(lead.email)})) {
            const auto conversation = row.id<ConversationId>("conversation_id");
            const auto key = "touch:" + conversation.text() + ":" + std::to_string(first->number);
            turn::post(tx, organization_,
                       {{EventId(uuid7(call_.now, key)),
                         conversation,
                         "touch",
                         call_.now,
                         call_.now,
                         key,
                         {{"touch", first->number}}}});
        }
        tx.commit();
    }

    OpenCall& call_;
    OrganizationId organization_;
    Json form_;
    std::string version_;
    CampaignId campaign_;
};

void mustBeWithin(const Limits::State& limit) {
    if (!limit.allowed)
        throw Refusal{429, "too_many", "This form was sent too often from your network.", "", limit.reset};
}

/// The same answer whether or not we knew this person: what is known of somebody is nobody's business who has their number.
Answer submit(OpenCall& call) {
    const auto id = call.ids.at("form");
    mustBeWithin(call.means.forms.count(call.origin.network, call.now, kFormsOfANetwork));
    auto tx = call.means.database.beginShared();
    const auto found = tx.finish({{sql::api::organization_of_form, {id}}}).front();
    if (found[0].isNull("organization_id")) notFound("form");
    mustBeWithin(call.means.forms.count(id.text() + " " + call.origin.network, call.now));
    const auto organization = found[0].id<OrganizationId>("organization_id");
    const auto rows = call.means.database.run(organization, sql::api::forms, {organization, id});
    const auto origins = rows[0].array("origins");
    const auto origin = textOf(call.headers, "origin");
    if (!origin.empty() && std::find(origins.begin(), origins.end(), origin) == origins.end())
        throw Refusal{403, "origin", "Pages of " + plainText(origin) + " may not send this form."};
    const auto state = rows[0].text("state");
    if (state != "running") throw Refusal{409, "state", "This form's campaign is " + state + "."};
    const Answer received{{{"received", true}}, {}, true};
    if (!textOf(call.body, "website").empty()) return received;
    try {
        Submission(call, organization, rows[0]).take();
    } catch (const store::DatabaseError&) {
        throw;
    } catch (const Error& error) {
        throw Refusal{400, "invalid", error.problem().what + "."};
    }
    return received;
}

}  // namespace

std::vector<Route> formRoutes() {
    const auto form = object({{"id", uuid("its address is /v1/forms/ID/submit")},
                              {"campaign", uuid()},
                              {"name", type("string")},
                              {"region", type("string")},
                              {"consent_text", type("string")},
                              {"origins", {{"type", "array"}, {"items", type("string")}}},
                              {"created_at", time()},
                              {"closed_at", maybeTime()}});
    const Json made{
        {"type", "object"},
        {"required", {"campaign", "name"}},
        {"properties",
         {{"campaign", {{"type", "string"}, {"description", "its id"}}},
          {"name", {{"type", "string"}, {"minLength", 1}, {"maxLength", 100}}},
          {"region",
           {{"type", "string"},
            {"maxLength", 2},
            {"default", ""},
            {"description", "for numbers without their country's code"}}},
          {"consent_text",
           {{"type", "string"},
            {"maxLength", 2000},
            {"default", ""},
            {"description",
             "what the page shows beside the box; without it a ticked box proves nothing and is not kept"}}},
          {"origins",
           {{"type", "array"},
            {"maxItems", 20},
            {"items", {{"type", "string"}, {"maxLength", 200}}},
            {"default", Json::array()},
            {"description", "pages that send it from a browser, like https://www.brightroof.example"}}}}},
        {"additionalProperties", false}};
    Json fields{{"consent", {{"type", "boolean"}, {"description", "the box was ticked"}}},
                {"website",
                 {{"type", "string"},
                  {"maxLength", 1000},
                  {"description", "hidden from people; what fills it in is not kept"}}},
                {"answers",
                 {{"type", "object"}, {"additionalProperties", {{"type", "string"}, {"maxLength", 1000}}}}}};
    for (const auto* name : kFields) fields[name] = {{"type", "string"}, {"maxLength", 300}};
    return {
        {"GET",
         "/v1/forms",
         "listForms",
         "Web forms whose answers become leads.",
         Role::manager,
         {},
         {},
         listSchema(form),
         list},
        {"POST",
         "/v1/forms",
         "createForm",
         "A form on somebody's page. Its id is public.",
         Role::manager,
         {},
         made,
         form,
         create},
        {"POST",
         "/v1/forms/{form}/close",
         "closeForm",
         "Nothing is taken by it any more.",
         Role::manager,
         {},
         {},
         object({{"id", uuid()}}),
         close},
        {"POST",
         "/v1/forms/{form}/submit",
         "submitForm",
         "A visitor's answers: a lead, and the first touch at once, when the gate allows. Without a key, 20 "
         "in 15 minutes from one "
         "network. The same answer whether or not the person is known.",
         Role::agent,
         {},
         {{"type", "object"}, {"properties", fields}, {"additionalProperties", false}},
         object({{"received", type("boolean")}}),
         nullptr,
         submit},
    };
}

}  // namespace overture::api
