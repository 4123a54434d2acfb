#include "agent/model_call.hpp"

#include <algorithm>

#include "agent/breaker.hpp"
#include "agent/purse.hpp"
#include "agent/telling.hpp"
#include "base/digest.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace overture::agent {
namespace {

constexpr int kCallsPerModel = 2;
// In place of an outcome:
constexpr const char* kPaused = "paused";     ///< no breaker let a call through
constexpr const char* kNoMoney = "no money";  ///< no budget had room for it

Json recordOf(std::size_t number, const std::string& plugin, std::string_view outcome, Json document,
              const std::string& message) {
    return {{"model", number},
            {"plugin", plugin},
            {"outcome", outcome},
            {"document", std::move(document)},
            {"message", message}};
}

std::int64_t costOf(const Json& document) {
    if (!document.is_object() || !document.contains("usage") || !document["usage"].is_object()) return 0;
    const auto cost = document["usage"].find("cost_micros");
    if (cost == document["usage"].end() || !cost->is_number_integer()) return 0;
    return std::max<std::int64_t>(0, cost->get<std::int64_t>());
}

std::optional<Money> highestCost(const Model& model, plugin::Instance& instance, const std::string& request) {
    const auto* capability = model.own == nullptr ? "model.chat/1" : "speech.converse/1";
    const auto reply = instance.callText(capability, "estimate", request, milliseconds(1000));
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

/// A question's request as it is put to a model.
struct Wording {
    std::string text;   ///< an object's
    std::string fault;  ///< of the answer before
};

/// What this model is told besides: members of the request's object.
std::string extrasFor(const Model& model, const plugin::Instance& instance, const std::string& fault,
                      const Question& question) {
    std::string extras;
    if (model.firstToken) extras += ",\"first_token_ms\":" + std::to_string(model.firstToken->count());
    if (model.own != nullptr && question.telling != nullptr)
        extras += ",\"aloud\":" + toText(Json(question.telling->member()));
    if (!instance.readsContext()) return extras;
    auto context = question.context();
    if (context.is_object() && !fault.empty()) context["retry_reason"] = fault;
    return extras + ",\"context\":" + toText(context);
}

std::string withExtras(std::string request, const std::string& extras) {
    request.pop_back();
    return request + extras + "}";
}

/// What was said by an attempt before, for the model that goes on; it is no part of the question, which stays the same.
std::string goingOn(const std::string& request, const Telling* telling) {
    if (telling == nullptr || telling->before().empty()) return request;
    auto document = parseJson(request, "request").orThrow();
    document["messages"].push_back(
        {{"role", "user"},
         {"content", "You have already said aloud, in answer to this: \"" + join(telling->before(), " ") +
                         "\" Go on from there; say nothing of it again."}});
    return toText(document);
}

/// Asks one model, paid from the purse. What happens in here happens once: the step keeps the record.
turn::StepResult askOne(const Models& models, std::size_t number, Breaker::Pass& pass, const Wording& wording,
                        const Question& question) {
    const auto& model = models.order[number];
    std::shared_ptr<plugin::Instance> instance;
    try {
        instance = model.open();
    } catch (const Error& error) {
        pass.failed();
        return {recordOf(number, "none", "invalid", nullptr, error.what()), 0};
    }
    const bool counts = models.purse != nullptr && models.purse->counts();
    const auto extras = extrasFor(model, *instance, wording.fault, question);
    const auto highest =
        counts ? highestCost(model, *instance, withExtras(wording.text, extras)) : std::nullopt;
    if (counts)
        if (const auto shortage = models.purse->reserve(highest)) {
            auto record = recordOf(number, instance->plugin(), kNoMoney, nullptr, "");
            record["shortage"] = shortage->toJson();
            return {std::move(record), 0};
        }
    auto* telling = question.telling;
    const auto complete = [&](std::string_view sent) {
        if (telling == nullptr) return instance->callText("model.chat/1", "complete", sent, model.deadline);
        const plugin::Pieces told = [&](std::string_view content) { return telling->take(content); };
        if (model.own != nullptr) return model.own->answer(sent, model.deadline, told);
        return instance->callInPieces("model.chat/1", "complete", sent, model.deadline, told);
    };
    if (telling != nullptr) telling->begin();
    const auto started = std::chrono::steady_clock::now();
    const bool asItStands = extras.empty() && (telling == nullptr || telling->before().empty());
    const auto reply = asItStands       ? complete(wording.text)
                       : extras.empty() ? complete(goingOn(wording.text, telling))
                                        : complete(withExtras(goingOn(wording.text, telling), extras));
    pass.report(reply);
    auto record =
        recordOf(number, instance->plugin(), plugin::nameOf(reply.outcome), reply.document, reply.message);
    if (!reply.ok() && (reply.code == "late" || std::chrono::steady_clock::now() - started >= model.deadline))
        record["late"] = true;
    const auto cost = counts ? countedCost(reply, highest, *models.purse) : costOf(reply.document);
    if (counts) record["counted_micros"] = cost;
    if (telling == nullptr || !telling->told()) return {std::move(record), cost};
    record["told"] = telling->record(reply.ok() && textOf(reply.document, "finish") != "stopped");
    record["told"]["cost_micros"] = telling->costMicros();
    return {std::move(record), cost + telling->costMicros()};
}

/// Asks the first model at or after `from` that its breaker lets through: `current` goes to that one, `fresh` to any after
/// it.
turn::StepResult askNext(const Models& models, std::size_t from, const Wording& current, const Wording& fresh,
                         const Question& question) {
    std::optional<Instant> until;
    for (auto number = from; number < models.order.size(); ++number) {
        auto* breaker = models.order[number].breaker;
        Breaker::Pass pass;
        if (breaker != nullptr && !(pass = breaker->enter())) {
            const auto paused = breaker->pausedUntil();
            if (paused && (!until || *paused < *until)) until = paused;
            continue;
        }
        return askOne(models, number, pass, number == from ? current : fresh, question);
    }
    auto record =
        recordOf(models.order.size(), "none", kPaused, nullptr, "paused after failing again and again");
    if (until) record["until"] = toRfc3339(*until);
    return {std::move(record), 0};
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

Wording askedAgain(const Wording& original, const std::string& fault) {
    auto request = parseJson(original.text, "request").orThrow();
    request["messages"].push_back({{"role", "user"},
                                   {"content", "Your last answer could not be used: " + fault +
                                                   " Answer the request above again, as one JSON object "
                                                   "in the given schema."}});
    return {toText(request), fault};
}

}  // namespace

ModelsPaused::ModelsPaused(Instant until)
    : Error("every model is paused after failing again and again, until " + toRfc3339(until)),
      until_(until) {}

Asked ask(const Models& models, std::string_view kind, Question question, const Judge& judge,
          turn::Journal& journal) {
    Asked asked;
    std::vector<std::string> problems;
    const Wording original{toText(std::exchange(question.request, nullptr)), {}};
    std::optional<Wording> again;  // in the place of the original
    std::size_t from = 0;
    for (int call = 0; from < models.order.size();) {
        const auto& current = again ? *again : original;
        const Json step{{"from", from}, {"call", call}, {"request", toHex(sha256(current.text))}};
        bool replayed = true;
        const Json record = journal.step(kind, step, [&] {
            replayed = false;
            return askNext(models, from, current, original, question);
        });
        const auto& document = record.at("document");
        const auto outcome = textOf(record, "outcome"), plugin = textOf(record, "plugin");
        if (outcome == kPaused) {
            const auto until = parseRfc3339(textOf(record, "until"));
            if (problems.empty() && until) throw ModelsPaused(*until);
            problems.push_back("the other models: " + textOf(record, "message"));
            break;
        }
        if (outcome == kNoMoney) throw NoMoney(tenant::Shortage::fromJson(record.at("shortage")));
        if (models.purse != nullptr) models.purse->paid(record.value("counted_micros", std::int64_t{0}));
        if (const auto chosen = record.at("model").get<std::size_t>(); chosen != from) {
            from = chosen;
            call = 0;
        }
        asked.costMicros += costOf(document);
        if (const auto told = record.find("told"); told != record.end()) {
            const auto reviews = told->at("cost_micros").get<std::int64_t>();
            if (replayed && models.purse != nullptr) models.purse->paid(reviews);
            asked.costMicros += reviews;
            asked.answer = told->at("answer");
            asked.told = toldIn(*told);
            asked.model = document.is_object() ? textOf(document, "model", plugin) : plugin;
            return asked;
        }
        bool sameAgain = false;
        if (outcome == "ok") {
            auto reading = readAnswer(document, judge);
            if (reading.answer) {
                asked.answer = std::move(reading.answer);
                asked.model = textOf(document, "model", plugin);
                return asked;
            }
            problems.push_back(plugin + ": " + reading.fault);
            again = askedAgain(original, reading.fault);
            sameAgain = true;
        } else {
            problems.push_back(plugin + ": " + outcome + ", " + textOf(record, "message", "no reason given"));
            sameAgain = passing(outcome) && !record.value("late", false);
        }
        if (sameAgain && ++call < kCallsPerModel) continue;
        ++from;
        call = 0;
        again.reset();
    }
    asked.problem = problems.empty() ? "no model is configured" : join(problems, "; ");
    return asked;
}

}  // namespace overture::agent
