#include "common/prices.hpp"

#include <algorithm>
#include <cmath>

namespace overture::models {
namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// "-2025-04-14", "-001", "-latest"; not "-5", which is another model.
bool isEdition(std::string_view rest) {
    if (rest == "-latest") return true;
    return rest.size() > 3 && rest[0] == '-' && std::all_of(rest.begin() + 1, rest.begin() + 4, isDigit);
}

}  // namespace

Price Prices::priceOf(const Json& given) {
    Price price;
    price.input = given.at("input").get<double>();
    price.output = given.at("output").get<double>();
    price.cached = given.value("cached", price.input);
    price.written = given.value("written", price.input);
    price.writtenLong = given.value("written_long", price.written);
    return price;
}

Prices::Row Prices::rowOf(const Json& given) {
    Row row{priceOf(given), std::nullopt, {}};
    if (!given.contains("above")) return row;
    row.above = given["above"].at("tokens").get<std::int64_t>();
    row.priceAbove = priceOf(given["above"]);
    return row;
}

Prices Prices::read(std::string_view table, const Json& settings) {
    Prices prices;
    const auto shipped = Json::parse(table);
    for (const auto& [model, row] : shipped.at("models").items()) prices.rows_[model] = rowOf(row);
    if (!isSet(settings, "prices")) return prices;
    for (const auto& [model, row] : settings["prices"].items()) prices.rows_[model] = rowOf(row);
    return prices;
}

const Price* Prices::find(const std::string& name, std::int64_t input) const {
    const auto bare = name.substr(name.rfind('/') == std::string::npos ? 0 : name.rfind('/') + 1);
    auto found = rows_.find(name);
    if (found == rows_.end()) found = rows_.find(bare);
    if (found == rows_.end())
        for (auto row = rows_.begin(); row != rows_.end(); ++row)
            for (const std::string_view given : {std::string_view(name), std::string_view(bare)})
                if (given.starts_with(row->first) && isEdition(given.substr(row->first.size())) &&
                    (found == rows_.end() || row->first.size() > found->first.size()))
                    found = row;
    if (found == rows_.end()) return nullptr;
    const auto& row = found->second;
    return row.above && input > *row.above ? &row.priceAbove : &row.price;
}

std::optional<std::int64_t> Prices::costOf(const std::string& model, const Tokens& tokens) const {
    const auto* price = find(model, tokens.allInput());
    if (price == nullptr) return std::nullopt;
    const auto part = [](double each, std::int64_t count) { return each * static_cast<double>(count); };
    const auto micros = part(price->input, tokens.input) + part(price->cached, tokens.cached) +
                        part(price->written, tokens.written) + part(price->writtenLong, tokens.writtenLong) +
                        part(price->output, tokens.output);
    return wholeMicros(micros);
}

std::int64_t wholeMicros(double micros) {
    return static_cast<std::int64_t>(std::ceil(std::clamp(micros, 0.0, 1e15) - 1e-9));
}

Json usageOf(const Tokens& tokens, const std::optional<std::int64_t>& costMicros) {
    Json usage{{"input_tokens", tokens.allInput()},
               {"output_tokens", tokens.output},
               {"cost_micros", costMicros.value_or(0)},
               {"currency", "USD"}};
    if (!costMicros || tokens.allInput() + tokens.output == 0) usage["unpriced"] = true;
    return usage;
}

sdk::Answer estimateOf(const std::string& model, const std::optional<std::int64_t>& costMicros) {
    if (!costMicros)
        return sdk::Answer::no(sdk::Outcome::unsupported, "no price is known for the model " + model);
    return sdk::Answer::ok({{"cost_micros", *costMicros}, {"currency", "USD"}});
}

}  // namespace overture::models
