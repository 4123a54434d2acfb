#include "agent/vectors.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "agent/breaker.hpp"
#include "agent/prompt.hpp"
#include "agent/purse.hpp"
#include "agent/turn_work.hpp"
#include "base/digest.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "queries/agent.hpp"

namespace overture::agent {
namespace {

constexpr const char* kEmbed = "model.embed/1";
constexpr std::size_t kTextsPerCall = 64;  // of 3,072 numbers each: within the 8 MiB of an answer
constexpr std::size_t kLongestVector = 4096;
constexpr std::size_t kMostKept = 32;  // knowledges at hand: 2,000 passages of 1,536 numbers are 12 MiB

/// No answer can be had now.
struct NoVectors : Error {
    using Error::Error;
};

std::string embeddedText(const playbook::Passage& passage) {
    const auto headings = passage.source.find(": ");
    return (headings == std::string::npos ? "" : passage.source.substr(headings + 2) + "\n") + passage.text;
}

std::vector<float> vectorIn(const Json& numbers) {
    std::vector<float> vector;
    if (!numbers.is_array() || numbers.size() > kLongestVector) return vector;
    for (const auto& number : numbers) {
        if (!number.is_number() || !std::isfinite(number.get<float>())) return {};
        vector.push_back(number.get<float>());
    }
    return vector;
}

double alike(const std::vector<float>& a, const std::vector<float>& b) {
    double dot = 0, left = 0, right = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        dot += double(a[i]) * b[i];
        left += double(a[i]) * a[i];
        right += double(b[i]) * b[i];
    }
    return left > 0 && right > 0 ? dot / std::sqrt(left * right) : 0;
}

/// The nearest first; equal ones in the files' order.
std::vector<std::size_t> nearestTo(const std::vector<float>& question,
                                   const std::vector<std::vector<float>>& passages) {
    std::vector<double> score;
    for (const auto& passage : passages)
        score.push_back(passage.size() == question.size() ? alike(question, passage) : 0);
    std::vector<std::size_t> order(passages.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return score[a] > score[b]; });
    std::erase_if(order, [&](std::size_t i) { return score[i] < StoredVectors::kLeastAlike; });
    if (order.size() > StoredVectors::kMostFound) order.resize(StoredVectors::kMostFound);
    return order;
}

}  // namespace

EmbeddedTexts::EmbeddedTexts(const std::vector<playbook::Passage>& passages) {
    std::string all;
    for (const auto& passage : passages)
        all += digests.emplace_back(toHex(sha256(texts.emplace_back(embeddedText(passage)))));
    digest = toHex(sha256(all));
}

/// The calls for one question: their time, and what they cost.
struct StoredVectors::Calls {
    plugin::Instance& instance;
    Breaker& breaker;
    std::chrono::steady_clock::time_point until;
    std::int64_t costMicros = 0;
    bool unpriced = false;
    std::string model;

    std::vector<Vector> embed(const Json& texts, const char* purpose) {
        auto pass = breaker.enter();
        if (!pass) throw NoVectors("the provider is left alone for a while after failing again and again");
        const auto left = std::chrono::duration_cast<milliseconds>(until - std::chrono::steady_clock::now());
        if (left <= milliseconds(0)) throw NoVectors("the time for this question is over");
        const auto reply = instance.call(kEmbed, "embed", {{"texts", texts}, {"purpose", purpose}}, left);
        pass.report(reply);
        if (!reply.ok())
            throw NoVectors(reply.message.empty() ? std::string(plugin::nameOf(reply.outcome))
                                                  : reply.message);
        const auto usage = reply.document.value("usage", Json::object());
        const auto cost = usage.is_object() ? usage.value("cost_micros", Json()) : Json();
        if (cost.is_number_integer()) costMicros += std::max<std::int64_t>(0, cost.get<std::int64_t>());
        unpriced = unpriced || !cost.is_number_integer() || usage.value("unpriced", Json()) == true;
        model = textOf(reply.document, "model");
        std::vector<Vector> vectors;
        const auto given = reply.document.value("vectors", Json());
        if (given.is_array())
            for (const auto& numbers : given) vectors.push_back(vectorIn(numbers));
        const bool whole = vectors.size() == texts.size() &&
                           std::all_of(vectors.begin(), vectors.end(), [&](const Vector& vector) {
                               return !vector.empty() && vector.size() == vectors[0].size();
                           });
        if (!whole || model.empty()) throw NoVectors("the provider did not give one vector for each text");
        return vectors;
    }
};

Json StoredVectors::ask(const OrganizationId& organization, const BindingId& binding,
                        const EmbeddedTexts& passages, const std::string& asked) {
    std::shared_ptr<plugin::Instance> instance;
    try {
        instance = instances_.of(organization, binding);
    } catch (const Error& error) {
        return {{"failed", error.problem().what}};
    }
    Calls calls{*instance, breakers_.of(binding), std::chrono::steady_clock::now() + deadline_, 0, false, {}};
    Json found = Json::object();
    try {
        if (passages.texts.size() > kMostPassages)
            throw NoVectors("the knowledge has " + std::to_string(passages.texts.size()) +
                            " passages; vectors are for " + std::to_string(kMostPassages) + " at most");
        const auto question = calls.embed(Json::array({asked}), "question").front();
        found["model"] = calls.model;
        const auto key = organization.text() + calls.model + "\n" + passages.digest;
        std::shared_ptr<Kept> kept;
        {
            const std::scoped_lock lock(mutex_);
            if (kept_.size() == kMostKept && !kept_.contains(key)) kept_.clear();  // the database has them
            auto& place = kept_[key];
            if (!place) place = std::make_shared<Kept>();
            kept = place;
        }
        {
            const std::scoped_lock filling(kept->filling);
            if (kept->all.empty()) fill(*kept, organization, calls.model, passages, calls);
        }
        found["nearest"] = nearestTo(question, kept->all);
    } catch (const NoVectors& error) {
        found = {{"failed", error.problem().what}};
    }
    found["cost_micros"] = calls.costMicros;
    if (calls.unpriced) found["unpriced"] = true;
    return found;
}

void StoredVectors::fill(Kept& kept, const OrganizationId& organization, const std::string& model,
                         const EmbeddedTexts& passages, Calls& calls) {
    const auto& texts = passages.texts;
    const auto& digests = passages.digests;
    std::map<std::string, Vector> known;
    const auto rows =
        database_.run(organization, sql::agent::vectors, {organization, model, store::Param::array(digests)});
    for (const auto row : rows) known[row.text("passage")] = vectorIn(row.json("vector"));
    for (std::size_t from = 0; from < texts.size();) {
        std::vector<std::string> missing, wanted;
        for (; from < texts.size() && missing.size() < kTextsPerCall; ++from)
            if (!known.contains(digests[from])) {
                missing.push_back(digests[from]);
                wanted.push_back(texts[from]);
            }
        if (missing.empty()) break;
        const auto vectors = calls.embed(wanted, "passage");
        if (calls.model != model) throw NoVectors("the provider changed its model between two calls");
        Json made = Json::array();
        for (std::size_t i = 0; i < missing.size(); ++i) {
            made.push_back({{"passage", missing[i]}, {"vector", vectors[i]}});
            known[missing[i]] = vectors[i];
        }
        database_.run(organization, sql::agent::insert_vectors, {organization, model, made, clock_.now()});
    }
    for (const auto& digest : digests) kept.all.push_back(known[digest]);
}

/// Passages near what the lead asks, where the organization has vectors and there is too much knowledge for all of it.
void TurnWork::findNearest(Briefing& about) {
    const auto binding = BindingId::parse(textOf(opened_.campaign.bindings, kEmbed));
    if (!binding || !models_.prompts || playbook::goesWhole(definition_.knowledge)) return;
    const auto asked = askedIn(about);
    if (trim(asked).empty()) return;
    const EmbeddedTexts passages(playbook::passagesOf(definition_.knowledge));
    const auto found = journal_.step("embed", {{"asked", asked}, {"knowledge", passages.digest}}, [&] {
        if (parts_.vectors == nullptr) return turn::StepResult{{{"failed", "nothing here can ask it"}}, 0};
        if (const auto shortage = purse_.reserve(std::nullopt))
            return turn::StepResult{{{"failed", "no money: " + shortage->text()}}, 0};
        auto answer = parts_.vectors->ask(opened_.organization, *binding, passages, asked);
        auto cost = answer.value("cost_micros", std::int64_t{0});
        if (purse_.counts() && answer.value("unpriced", false)) cost = purse_.unpricedMicros();
        answer["cost_micros"] = cost;
        return turn::StepResult{std::move(answer), cost};
    });
    if (purse_.counts()) purse_.paid(found.value("cost_micros", std::int64_t{0}));
    notes_["vectors"] = found;
    if (found.contains("failed"))
        log::warning("vectors_failed",
                     {{"conversation", opened_.conversation.id.text()}, {"reason", textOf(found, "failed")}});
    else
        nearest_ = found.at("nearest").get<std::vector<std::size_t>>();
    about.nearest = nearest_;
}

}  // namespace overture::agent
