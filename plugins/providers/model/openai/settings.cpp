#include "settings.hpp"

#include <cmath>

#include "data/openai.hpp"

namespace overture::openai {
namespace {

bool flag(const Json& settings, const char* key) {
    const auto found = settings.find(key);
    return found == settings.end() || !found->is_boolean() || found->get<bool>();
}

void addPrices(const Json& table, std::map<std::string, Price>& prices) {
    for (const auto& [model, price] : table.items())
        prices[model] = {price.at("input").get<double>(), price.at("output").get<double>()};
}

bool isDated(std::string_view rest) {
    return rest.size() > 1 && rest[0] == '-' && rest[1] >= '0' && rest[1] <= '9';
}

}  // namespace

std::string textOf(const Json& object, const char* key, const std::string& otherwise) {
    if (!object.is_object()) return otherwise;
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : otherwise;
}

Settings Settings::read(const Json& given) {
    const Json settings = given.is_object() ? given : Json::object();
    Settings out;
    out.baseUrl = textOf(settings, "base_url", "https://api.openai.com/v1");
    while (out.baseUrl.ends_with('/')) out.baseUrl.pop_back();
    if (!out.baseUrl.starts_with("https://") && !out.baseUrl.starts_with("http://"))
        throw sdk::Refused(sdk::Outcome::invalid,
                           "the setting \"base_url\" must begin with https:// or http://");
    out.model = textOf(settings, "model", "gpt-4.1-mini");
    out.embeddingModel = textOf(settings, "embedding_model", "text-embedding-3-small");
    if (settings.contains("dimensions") && settings["dimensions"].is_number_integer())
        out.dimensions = settings["dimensions"].get<std::int64_t>();
    out.tokenField = textOf(settings, "token_field", "max_completion_tokens");
    out.organization = textOf(settings, "organization", "");
    out.project = textOf(settings, "project", "");
    const auto structured = textOf(settings, "structured", "json_schema");
    out.structured = structured == "none"          ? Structured::none
                     : structured == "json_object" ? Structured::jsonObject
                                                   : Structured::jsonSchema;
    if (settings.contains("max_tokens") && settings["max_tokens"].is_number_integer())
        out.maxTokens = settings["max_tokens"].get<std::int64_t>();
    out.temperature = flag(settings, "temperature");
    out.seed = flag(settings, "seed");
    addPrices(Json::parse(data::prices).at("models"), out.prices);
    if (settings.contains("prices")) addPrices(settings["prices"], out.prices);
    return out;
}

std::optional<std::int64_t> Settings::costOf(const std::string& name, std::int64_t inputTokens,
                                             std::int64_t outputTokens) const {
    auto found = prices.find(name);
    const auto bare = name.substr(name.rfind('/') == std::string::npos ? 0 : name.rfind('/') + 1);
    if (found == prices.end()) found = prices.find(bare);
    for (auto row = prices.begin(); found == prices.end() && row != prices.end(); ++row)
        if (bare.starts_with(row->first) && isDated(std::string_view(bare).substr(row->first.size())))
            found = row;
    if (found == prices.end()) return std::nullopt;
    const double micros = found->second.input * static_cast<double>(inputTokens) +
                          found->second.output * static_cast<double>(outputTokens);
    return static_cast<std::int64_t>(std::ceil(micros - 1e-9));
}

}  // namespace overture::openai
