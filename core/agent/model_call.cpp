#include "agent/model_call.hpp"

#include <algorithm>

#include "agent/purse.hpp"
#include "base/text.hpp"

namespace overture::agent {
namespace {

constexpr int kCallsPerModel = 2;
constexpr const char* kNoMoney = "no money";  ///< in place of an outcome: no budget had room for the call

Json recordOf(const plugin::Reply& reply) {
    return Json{
        {"outcome", plugin::nameOf(reply.outcome)}, {"document", reply.document}, {"message", reply.message}};
}

std::int64_t costOf(const Json& document) {
    if (!document.is_object() || !document.contains("usage") || !document["usage"].is_object()) return 0;
    const auto cost = document["usage"].find("cost_micros");
    if (cost == document["usage"].end() || !cost->is_number_integer()) return 0;
    return std::max<std::int64_t>(0, cost->get<std::int64_t>());
}

std::optional<Money> highestCost(plugin::Instance& model, const Json& request) {
    const auto reply = model.call("model.chat/1", "estimate", request, milliseconds(1000));
    if (!reply.ok() || !reply.document.contains("cost_micros") ||
        !reply.document["cost_micros"].is_number_integer())
        return std::nullopt;
    return Money{reply.document["cost_micros"].get<std::int64_t>(),
                 textOf(reply.document, "currency", "USD")};
}

/// What a budget must count for a call: its price, where that is known. An answer that may still be on its way is taken
/// to cost the most that it can.
std::int64_t countedCost(const plugin::Reply& reply, const std::optional<Money>& highest,
                         const Purse& purse) {
    const auto most = highest ? highest->micros : purse.unpricedMicros();
    if (reply.outcome == plugin::Outcome::unknown) return most;
    const auto& document = reply.document;
    const bool unpriced = document.is_object() && document.contains("usage") &&
                          document["usage"].is_object() && document["usage"].value("unpriced", false);
    return unpriced ? most : costOf(document);
}

/// One call, paid from the purse. What happens in here happens once: the step keeps the record.
turn::StepResult callOnce(plugin::Instance& model, const Json& request, milliseconds deadline, Purse* purse) {
    if (purse == nullptr || !purse->counts()) {
        const auto reply = model.call("model.chat/1", "complete", request, deadline);
        return {recordOf(reply), costOf(reply.document)};
    }
    const auto highest = highestCost(model, request);
    if (const auto shortage = purse->reserve(highest))
        return {{{"outcome", kNoMoney}, {"document", nullptr}, {"shortage", shortage->toJson()}}, 0};
    const auto reply = model.call("model.chat/1", "complete", request, deadline);
    auto record = recordOf(reply);
    const auto cost = countedCost(reply, highest, *purse);
    record["counted_micros"] = cost;
    return {std::move(record), cost};
}

std::string withoutCodeFence(std::string_view text) {
    text = trim(text);
    if (!text.starts_with("```")) return std::string(text);
    const auto line = text.find('\n');
    if (line == std::string_view::npos) return std::string(text);
    text.remove_prefix(line + 1);
    if (const auto end = text.rfind("```"); end != std::string_view::npos) text = text.substr(0, end);
    return std::string(trim(text));
}

/// The JSON object in a document, or nothing.
std::optional<Json> objectIn(const Json& document) {
    if (document.contains("json") && document["json"].is_object()) return document["json"];
    auto parsed = parseJson(withoutCodeFence(textOf(document, "content")), "answer");
    if (!parsed || !parsed->is_object()) return std::nullopt;
    return std::move(*parsed);
}

struct Reading {
    std::optional<Json> answer;
    std::string fault;  ///< told to the model when it is asked again
};

Reading readAnswer(const Json& document, const Judge& judge) {
    if (!document.is_object()) return {{}, "The answer was not a document."};
    const auto finish = textOf(document, "finish");
    if (finish == "refusal" || !textOf(document, "refusal").empty()) return {{}, "The answer was a refusal."};
    if (finish == "length") return {{}, "The answer was cut off before its end; write less."};
    auto object = objectIn(document);
    if (!object) return {{}, "The answer was not one JSON object."};
    auto fault = judge(*object);
    if (!fault.empty()) return {{}, std::move(fault)};
    return {std::move(object), {}};
}

/// Worth asking the same model again at once?
bool passing(std::string_view outcome) {
    return outcome == "transient" || outcome == "unknown" || outcome == "internal";
}

Json askedAgain(Json request, const std::string& fault) {
    request["messages"].push_back({{"role", "user"},
                                   {"content", "Your last answer could not be used: " + fault +
                                                   " Answer the request above again, as one JSON object "
                                                   "in the given schema."}});
    if (request["context"].is_object()) request["context"]["retry_reason"] = fault;
    return request;
}

}  // namespace

Asked ask(const Models& models, std::string_view kind, const Json& request, const Judge& judge,
          turn::Journal& journal) {
    Asked asked;
    std::vector<std::string> problems;
    for (std::size_t number = 0; number < models.instances.size(); ++number) {
        auto& model = *models.instances[number];
        Json current = request;
        for (int call = 0; call < kCallsPerModel; ++call) {
            const Json step{
                {"model", number}, {"plugin", model.plugin()}, {"call", call}, {"request", current}};
            const Json record = journal.step(
                kind, step, [&] { return callOnce(model, current, models.deadline, models.purse); });
            const auto& document = record.at("document");
            const auto outcome = textOf(record, "outcome");
            if (outcome == kNoMoney) throw NoMoney(tenant::Shortage::fromJson(record.at("shortage")));
            if (models.purse != nullptr) models.purse->paid(record.value("counted_micros", std::int64_t{0}));
            asked.costMicros += costOf(document);
            if (outcome != "ok") {
                problems.push_back(model.plugin() + ": " + outcome + ", " +
                                   textOf(record, "message", "no reason given"));
                if (!passing(outcome)) break;
                continue;
            }
            auto reading = readAnswer(document, judge);
            if (reading.answer) {
                asked.answer = std::move(reading.answer);
                asked.model = textOf(document, "model", model.plugin());
                return asked;
            }
            problems.push_back(model.plugin() + ": " + reading.fault);
            current = askedAgain(request, reading.fault);
        }
    }
    asked.problem = problems.empty() ? "no model is configured" : join(problems, "; ");
    return asked;
}

}  // namespace overture::agent
