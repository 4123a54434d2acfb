#include "gemini/embedder.hpp"

#include <algorithm>
#include <cmath>

#include "common/asked.hpp"
#include "gemini/answer.hpp"

namespace overture::gemini {
namespace {

using models::partOf;
using sdk::Answer;
using sdk::Outcome;

constexpr std::size_t kMostAtOnce = 100;

Json requestOf(const Settings& settings, const Json& text, bool question) {
    Json out{{"model", pathOf(settings.embeddingModel)},
             {"content", {{"parts", Json::array({{{"text", text}}})}}},
             {"taskType", question ? "RETRIEVAL_QUERY" : "RETRIEVAL_DOCUMENT"}};
    if (settings.dimensions) out["outputDimensionality"] = *settings.dimensions;
    return out;
}

bool isVector(const Json& value) {
    return value.is_array() && !value.empty() && std::all_of(value.begin(), value.end(), [](const Json& one) {
               return one.is_number() && std::isfinite(one.get<double>());
           });
}

/// Adds one vector for each of `texts`; false when the answer has not that.
bool addVectors(const Json& document, std::size_t texts, Json& vectors) {
    const auto& embeddings = partOf(document, "embeddings");
    if (!embeddings.is_array() || embeddings.size() != texts) return false;
    for (const auto& one : embeddings) {
        const auto& values = partOf(one, "values");
        if (!isVector(values) || (!vectors.empty() && vectors[0].size() != values.size())) return false;
        vectors.push_back(values);
    }
    return true;
}

}  // namespace

Answer TextEmbedder::embed(const Json& request, const sdk::Call& call) {
    const auto& texts = models::textsOf(request);
    const bool question = textOf(request, "purpose") == "question";
    const auto deadline = host_.nowMicros() + call.deadlineMs * 1000;
    Json vectors = Json::array();
    models::Tokens tokens;
    for (std::size_t from = 0; from < texts.size(); from += kMostAtOnce) {
        const auto count = std::min(kMostAtOnce, texts.size() - from);
        Json body{{"requests", Json::array()}};
        for (std::size_t i = from; i < from + count; ++i)
            body["requests"].push_back(requestOf(settings_, texts[i], question));
        const auto left = std::max<std::int64_t>(1, (deadline - host_.nowMicros()) / 1000);
        Json document;
        const auto http =
            host_.http(postTo(host_, settings_, settings_.embeddingModel, "batchEmbedContents", body, left));
        if (auto no = models::trouble(vendor(), http, document)) return std::move(*no);
        if (!addVectors(document, count, vectors))
            return Answer::no(Outcome::transient, "the model's server did not send one vector for each text");
        tokens.input += tokensOf(partOf(document, "usageMetadata")).input;
    }
    const auto& model = settings_.embeddingModel;
    return Answer::ok({{"vectors", std::move(vectors)},
                       {"model", model},
                       {"usage", models::usageOf(tokens, settings_.prices.costOf(model, tokens))}});
}

}  // namespace overture::gemini
