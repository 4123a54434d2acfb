#include "agent/registers.hpp"

#include "agent/turn_work.hpp"
#include "base/log.hpp"
#include "base/time.hpp"
#include "compliance/records.hpp"
#include "compliance/registries.hpp"

namespace overture::agent {
namespace {

constexpr auto kFirstWait = minutes(10);
constexpr auto kLongestWait = minutes(360);
constexpr int kMostWaits = 9;  // a day and a half in all
constexpr int kMostRegistries = 8;
constexpr auto kClocksApart = minutes(5);

Json noAnswer(const std::string& why, bool again) {
    return {{"failed", why}, {"again", again}};
}

bool mayPass(plugin::Outcome outcome) {
    using plugin::Outcome;
    return outcome == Outcome::transient || outcome == Outcome::limited || outcome == Outcome::unknown ||
           outcome == Outcome::cancelled;
}

/// Twice as long each time.
minutes waitAfter(int times) {
    return std::min(kFirstWait * (1 << (times - 1)), kLongestWait);
}

/// {"as_of", "answers": [{"number", "listed"}]}: what it says of our number, or why that cannot be believed.
Json registryAnswerIn(const Json& document, const std::string& number, Instant now) {
    const auto asOf = parseRfc3339(textOf(document, "as_of"));
    if (!asOf) return noAnswer("its answer does not say as of when", false);
    if (*asOf > now + kClocksApart) return noAnswer("its answer is of a time to come", false);
    const auto answers = document.value("answers", Json::array());
    for (const auto& one : answers) {
        if (!one.is_object() || textOf(one, "number") != number) continue;
        const auto listed = one.find("listed");
        if (listed == one.end() || !listed->is_boolean()) break;
        return {{"listed", *listed}, {"as_of", toRfc3339(*asOf)}};
    }
    return noAnswer("it did not answer for the number", false);
}

}  // namespace

Json StoredRegisters::ask(const OrganizationId& organization, const std::string& registry,
                          const std::string& number, Instant now) {
    auto tx = database_.begin(organization);
    const auto binding = compliance::registryBinding(tx, organization, registry);
    tx.commit();
    if (!binding) return noAnswer("no binding answers for it any more", false);
    plugin::Reply reply;
    try {
        reply = instances_.of(organization, *binding)
                    ->call("registry.numbers/1", "check", {{"numbers", {number}}, {"now", toRfc3339(now)}},
                           deadline_);
    } catch (const Error& error) {
        return noAnswer(error.problem().what, false);
    }
    if (!reply.ok()) return noAnswer(reply.message, mayPass(reply.outcome));
    auto answer = registryAnswerIn(reply.document, number, now);
    if (answer.contains("failed")) return answer;
    auto kept = database_.begin(organization);
    compliance::saveRegistryAnswer(kept, organization, registry, number, answer["listed"],
                                   *parseRfc3339(textOf(answer, "as_of")), now);
    kept.commit();
    return answer;
}

/// The gate's verdict, after the registries that it wants to hear have been asked.
compliance::Verdict TurnWork::askGate() {
    auto verdict = parts_.gate.decide(contact());
    for (int asked = 0; asked < kMostRegistries; ++asked) {
        const auto* no = std::get_if<compliance::Refused>(&verdict);
        if (no == nullptr || no->registry.empty() || !askRegistry(no->registry)) break;
        verdict = parts_.gate.decide(contact());
    }
    return verdict;
}

bool TurnWork::askRegistry(const std::string& registry) {
    if (registryAnswers_.contains(registry)) return false;
    const auto number = contact().address;
    auto& answer = registryAnswers_[registry];
    answer = journal_.step("registry", {{"registry", registry}, {"number", number}}, [&] {
        return turn::StepResult{
            parts_.registers == nullptr
                ? noAnswer("nothing here can ask it", false)
                : parts_.registers->ask(opened_.organization, registry, number, opened_.now),
            0};
    });
    notes_["registries"][registry] = answer;
    if (!answer.contains("failed")) {
        memory_.erase("registry_waits");
        return true;
    }
    log::warning("registry_did_not_answer", {{"conversation", opened_.conversation.id.text()},
                                             {"registry", registry},
                                             {"reason", textOf(answer, "failed")}});
    if (!answer.value("again", false)) return false;
    const int times = memory_.value("registry_waits", 0) + 1;
    if (times > kMostWaits) {
        registryStaysAway_ = true;
        memory_.erase("registry_waits");
    } else {
        memory_["registry_waits"] = times;
        askAgainAt_ = opened_.now + waitAfter(times);
    }
    return false;
}

void TurnWork::addRegistryAnswers(compliance::ContactRequest& request) const {
    for (auto& state : request.registries) {
        const auto found = registryAnswers_.find(state.name);
        if (!state.asked || found == registryAnswers_.end() || found->second.contains("failed")) continue;
        state.listed = found->second.at("listed").get<bool>();
        compliance::dated(state, parseRfc3339(textOf(found->second, "as_of")).value_or(Instant()),
                          request.at);
    }
}

}  // namespace overture::agent
