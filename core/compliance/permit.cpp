#include "base/time.hpp"
#include "compliance/permit_grounds.hpp"

namespace overture::compliance {
namespace {

/// Every input of the verdict, so that two different requests have different permits.
std::string nameOf(const ContactRequest& request) {
    std::string name;
    name.reserve(256);
    const auto add = [&](const std::string& field) {
        name += field;
        name += '\x1f';
    };
    for (const auto* field : {&request.channel, &request.address, &request.purpose, &request.place.phone,
                              &request.place.country, &request.place.state, &request.place.postalCode,
                              &request.place.zone, &request.place.said, &request.place.ipState})
        add(*field);
    add(std::to_string(request.at.time_since_epoch().count()));
    add(std::to_string(static_cast<int>(request.consent)) + (request.suppressed ? "s" : ""));
    for (const auto& registry : request.registries)
        add(registry.name + "=" + std::to_string(registry.ageDays.value_or(-1)) +
            (registry.listed ? "l" : ""));
    for (const auto attempt : request.attempts) add(std::to_string(attempt.time_since_epoch().count()));
    if (request.own.any()) add(toText(request.own.toJson()));
    return name;
}

Json ruleList(const std::vector<const Rule*>& rules,
              const std::vector<std::pair<std::string, std::string>>& own) {
    auto list = Json::array();
    for (const auto* rule : rules)
        if (rule->kind != Rule::Kind::duty) list.push_back({{"id", rule->id}, {"source", rule->source}});
    for (const auto& [id, source] : own) list.push_back({{"id", id}, {"source", source}});
    return list;
}

Json dutyList(const std::vector<const Rule*>& rules, Instant at) {
    auto list = Json::array();
    for (const auto* rule : rules)
        if (rule->kind == Rule::Kind::duty && (!rule->fromDate || at >= *rule->fromDate))
            list.push_back({{"id", rule->id}, {"duty", rule->duty}, {"source", rule->source}});
    return list;
}

Json jsonOf(const RegistryState& registry) {
    Json document = {{"listed", registry.listed}};
    for (const auto& [key, text] : {std::pair("name", &registry.name), std::pair("date", &registry.date),
                                    std::pair("country", &registry.country)})
        if (!text->empty()) document[key] = *text;
    if (registry.ageDays) document["age_days"] = *registry.ageDays;
    if (registry.maxAgeDays) document["max_age_days"] = *registry.maxAgeDays;
    if (registry.asked) document["asked"] = true;
    return document;
}

RegistryState registryOf(const Json& document) {
    RegistryState registry;
    registry.listed = document.at("listed").get<bool>();
    registry.name = textOf(document, "name");
    registry.date = textOf(document, "date");
    registry.country = textOf(document, "country");
    if (document.contains("age_days")) registry.ageDays = document["age_days"].get<int>();
    if (document.contains("max_age_days")) registry.maxAgeDays = document["max_age_days"].get<int>();
    registry.asked = document.value("asked", false);
    return registry;
}

}  // namespace

Permit::Permit(ContactRequest request, Places places, std::shared_ptr<Grounds> grounds)
    : id_(uuid7(request.at, nameOf(request))),
      request_(std::move(request)),
      minute_(std::chrono::floor<minutes>(request_.at)),
      places_(std::move(places)),
      grounds_(std::move(grounds)) {}

const Json& Permit::document() const {
    std::call_once(grounds_->written, [&] {
        grounds_->document = Json{{"rules", ruleList(grounds_->rules, grounds_->own)},
                                  {"duties", dutyList(grounds_->rules, request_.at)},
                                  {"zones", places_.zones},
                                  {"jurisdictions", places_.jurisdictions},
                                  {"by", places_.by},
                                  {"evidence", request_.place.toJson()},
                                  {"request", request_.toJson()},
                                  {"packs", grounds_->packs->version()},
                                  {"minute", toRfc3339(minute_)}};
    });
    return grounds_->document;
}

Json ContactRequest::toJson() const {
    Json document = {{"channel", channel},      {"address", address},
                     {"purpose", purpose},      {"at", toRfc3339(at)},
                     {"place", place.toJson()}, {"consent", compliance::nameOf(consent)},
                     {"suppressed", suppressed}};
    for (const auto& registry : registries) document["registries"].push_back(jsonOf(registry));
    if (suppressedAt) document["suppressed_at"] = toRfc3339(*suppressedAt);
    document["attempts"] = Json::array();
    for (const auto attempt : attempts) document["attempts"].push_back(toRfc3339(attempt));
    if (own.any()) document["own"] = own.toJson();
    return document;
}

ContactRequest ContactRequest::fromJson(const Json& document) {
    ContactRequest request;
    const auto instant = [](const Json& text) {
        return parseRfc3339(text.get<std::string>()).value_or(Instant());
    };
    request.channel = textOf(document, "channel");
    request.address = textOf(document, "address");
    request.purpose = textOf(document, "purpose");
    request.at = instant(document.at("at"));
    request.place = PlaceEvidence::fromJson(document.at("place"));
    const auto consent = textOf(document, "consent");
    for (const auto level : {ConsentLevel::express, ConsentLevel::expressWritten})
        if (consent == compliance::nameOf(level)) request.consent = level;
    request.suppressed = document.at("suppressed").get<bool>();
    for (const auto& registry : document.value("registries", Json::array()))
        request.registries.push_back(registryOf(registry));
    if (document.contains("suppressed_at")) request.suppressedAt = instant(document["suppressed_at"]);
    for (const auto& attempt : document.at("attempts")) request.attempts.push_back(instant(attempt));
    request.own = OwnRules::fromJson(document.value("own", Json()));
    return request;
}

}  // namespace overture::compliance
