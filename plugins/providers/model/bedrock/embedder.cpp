#include "bedrock/embedder.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "common/asked.hpp"

namespace overture::bedrock {
namespace {

using models::partOf;
using sdk::Answer;
using sdk::Outcome;

/// How a maker's models are asked for vectors.
struct Maker {
    std::size_t mostAtOnce;
    Json (*body)(const Settings&, const Json& texts, bool question);
    Json (*vectors)(const Json& document);  ///< a list, or null
};

Json titanBody(const Settings& settings, const Json& texts, bool) {
    Json body{{"inputText", texts[0]}};
    if (settings.dimensions) body["dimensions"] = *settings.dimensions;
    return body;
}

Json titanVectors(const Json& document) {
    const auto& vector = partOf(document, "embedding");
    return vector.is_array() ? Json::array({vector}) : Json();
}

Json cohereBody(const Settings&, const Json& texts, bool question) {
    return {
        {"texts", texts}, {"input_type", question ? "search_query" : "search_document"}, {"truncate", "END"}};
}

/// A list, or lists by type where a model offers several.
Json cohereVectors(const Json& document) {
    const auto& given = partOf(document, "embeddings");
    return given.is_array() ? given : partOf(given, "float");
}

const Maker& makerOf(const std::string& model) {
    static const Maker titan{1, titanBody, titanVectors}, cohere{96, cohereBody, cohereVectors};
    if (model.find("titan-embed") != std::string::npos) return titan;
    if (model.find("cohere.embed") != std::string::npos) return cohere;
    throw sdk::Refused(sdk::Outcome::invalid,
                       "the model \"" + model + "\" gives no vectors here: take one of Titan's or Cohere's");
}

bool isVector(const Json& value) {
    return value.is_array() && !value.empty() && std::all_of(value.begin(), value.end(), [](const Json& one) {
               return one.is_number() && std::isfinite(one.get<double>());
           });
}

bool addVectors(const Json& given, std::size_t texts, Json& vectors) {
    if (!given.is_array() || given.size() != texts) return false;
    for (const auto& one : given) {
        if (!isVector(one) || (!vectors.empty() && vectors[0].size() != one.size())) return false;
        vectors.push_back(one);
    }
    return true;
}

std::int64_t tokensOf(const Json& document, const sdk::HttpAnswer& http) {
    const auto told = models::countOf(document, "inputTextTokenCount");
    const auto header = http.header("x-amzn-bedrock-input-token-count");
    return told > 0 ? told : std::clamp<std::int64_t>(std::atoll(header.c_str()), 0, 1'000'000'000);
}

}  // namespace

Answer TextEmbedder::embed(const Json& request, const sdk::Call& call) {
    const auto& texts = models::textsOf(request);
    const auto& maker = makerOf(settings_.embeddingModel);
    const bool question = textOf(request, "purpose") == "question";
    const auto deadline = host_.nowMicros() + call.deadlineMs * 1000;
    Json vectors = Json::array();
    models::Tokens tokens;
    for (std::size_t from = 0; from < texts.size(); from += maker.mostAtOnce) {
        const auto count = std::min(maker.mostAtOnce, texts.size() - from);
        Json some = Json::array();
        for (std::size_t i = from; i < from + count; ++i) some.push_back(texts[i]);
        const auto left = std::max<std::int64_t>(1, (deadline - host_.nowMicros()) / 1000);
        Json document;
        const auto http = host_.http(postTo(host_, settings_, settings_.embeddingModel, "invoke",
                                            maker.body(settings_, some, question), left));
        if (auto no = models::trouble(vendor(), http, document)) return std::move(*no);
        if (!addVectors(maker.vectors(document), count, vectors))
            return Answer::no(Outcome::transient, "the model's server did not send one vector for each text");
        tokens.input += tokensOf(document, http);
    }
    const auto& model = settings_.embeddingModel;
    return Answer::ok({{"vectors", std::move(vectors)},
                       {"model", model},
                       {"usage", models::usageOf(tokens, settings_.costOf(model, tokens))}});
}

}  // namespace overture::bedrock
