#include "openai/embedder.hpp"

#include <cmath>

#include "common/asked.hpp"
#include "openai/answer.hpp"
#include "openai/request.hpp"

namespace overture::openai {
namespace {

using sdk::Answer;
using sdk::Outcome;

constexpr std::size_t kMostAtOnce = 2048;

bool isVector(const Json& value) {
    if (!value.is_array() || value.empty()) return false;
    for (const auto& number : value)
        if (!number.is_number() || !std::isfinite(number.get<double>())) return false;
    return true;
}

/// The vectors in the order of the texts, whatever the server's own is; an empty list when it does not have one for each.
Json vectorsOf(const Json& document, std::size_t texts) {
    Json vectors(texts, nullptr);
    for (const auto& one : document.value("data", Json::array())) {
        if (!one.is_object() || !one.contains("embedding") || !isVector(one["embedding"]))
            return Json::array();
        const auto index = one.find("index");
        if (index == one.end() || !index->is_number_unsigned() || index->get<std::size_t>() >= texts)
            return Json::array();
        vectors[index->get<std::size_t>()] = one["embedding"];
    }
    for (const auto& vector : vectors)
        if (vector.is_null() || vector.size() != vectors[0].size()) return Json::array();
    return vectors;
}

}  // namespace

Answer TextEmbedder::embed(const Json& request, const sdk::Call& call) {
    const auto& texts = models::textsOf(request, kMostAtOnce);
    Json body = settings_.embeddingFields;
    body.update({{"model", settings_.embeddingModel}, {"input", texts}, {"encoding_format", "float"}});
    if (settings_.dimensions) body["dimensions"] = *settings_.dimensions;
    Json document;
    const auto http = host_.http(postTo(host_, settings_, "/embeddings", body, call.deadlineMs));
    if (auto no = models::trouble(settings_.vendor, http, document)) return std::move(*no);
    if (!document.is_object() || !document.value("data", Json()).is_array())
        return Answer::no(Outcome::transient, "the model's server sent an answer without vectors");
    auto vectors = vectorsOf(document, texts.size());
    if (vectors.empty())
        return Answer::no(Outcome::transient, "the model's server did not send one vector for each text");
    const auto model = textOf(document, "model", settings_.embeddingModel);
    return Answer::ok(
        {{"vectors", std::move(vectors)}, {"model", model}, {"usage", usageOf(settings_, document, model)}});
}

}  // namespace overture::openai
