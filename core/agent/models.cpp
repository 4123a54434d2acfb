#include "agent/models.hpp"

#include <algorithm>

#include "agent/breaker.hpp"

namespace overture::agent {
namespace {

Json listOf(const turn::Opened& opened, const tenant::Policy* policy) {
    const auto& bindings = opened.campaign.bindings;
    if (bindings.contains("models") && bindings["models"].is_array()) return bindings["models"];
    if (policy != nullptr && policy->models.is_array() && !policy->models.empty()) return policy->models;
    return Json::array({{{"binding", textOf(bindings, "model")}}});
}

std::optional<milliseconds> timeIn(const Json& entry, const char* key) {
    if (!entry.is_object() || !entry.contains(key) || !entry[key].is_number_integer()) return std::nullopt;
    return milliseconds(std::max<std::int64_t>(1, entry[key].get<std::int64_t>()));
}

}  // namespace

Models modelsOf(const Parts& parts, const turn::Opened& opened, const tenant::Policy* policy) {
    Models models;
    models.prompts = parts.prompts;
    for (const auto& entry : listOf(opened, policy)) {
        const auto binding = BindingId::parse(textOf(entry, "binding"));
        if (!binding) continue;
        Model model;
        model.open = [&instances = parts.instances, organization = opened.organization, id = *binding] {
            return instances.of(organization, id);
        };
        model.deadline =
            std::min(timeIn(entry, "deadline_ms").value_or(parts.modelDeadline), parts.modelDeadline);
        model.firstToken = timeIn(entry, "first_token_ms");
        model.breaker = parts.breakers == nullptr ? nullptr : &parts.breakers->of(*binding);
        models.order.push_back(std::move(model));
    }
    return models;
}

std::optional<Model> ownModel(const Parts& parts, Speaker& speaker) {
    auto converser = speaker.converser();
    if (!converser) return std::nullopt;
    Model model;
    model.open = [instance = converser->instance] { return instance; };
    model.deadline = parts.modelDeadline;
    model.breaker = parts.breakers == nullptr ? nullptr : &parts.breakers->of(converser->binding);
    model.own = &speaker;
    return model;
}

}  // namespace overture::agent
