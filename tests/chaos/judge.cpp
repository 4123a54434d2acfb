#include "chaos/judge.hpp"

#include <map>
#include <set>

#include "base/time.hpp"
#include "chaos/marker.hpp"

namespace overture::chaos {
namespace {

/// A permit is for a minute: asked for in it; the carrier may take a moment.
constexpr auto kPermitLasts = seconds(65);

class Bench {
public:
    explicit Bench(const Evidence& evidence) : evidence_(evidence) {
        for (const auto& row : evidence.deliveries) deliveries_[{row.to, row.text}].push_back(&row);
        for (const auto& send : evidence.sends)
            for (const auto& marker : markersIn(send.body, kInbound)) sentWith_[marker].insert(send.body);
    }

    Judgement verdict() {
        messages();
        sends();
        calls();
        permits();
        return std::move(out_);
    }

private:
    void problem(int& count, std::string sentence) {
        ++count;
        out_.problems.push_back(std::move(sentence));
    }

    /// Why a person has this message in hand, or "" when nobody has.
    std::string heldBecause(const std::string& marker) const {
        for (const auto& row : evidence_.deliveries) {
            const bool ends = row.state == "held" || row.state == "failed" || row.state == "cancelled";
            if (!ends || row.note.empty()) continue;
            for (const auto& said : markersIn(row.text, kInbound))
                if (said == marker) return row.state + ": " + row.note;
        }
        for (const auto& event : evidence_.events)
            if (event.marker == marker) {
                if (!event.dropped.empty()) return event.dropped;
                if (event.closed && event.conversationState != "open") return event.conversationReason;
            }
        return {};
    }

    void messages() {
        std::set<std::string> seen;
        for (const auto& message : evidence_.inbound) {
            if (!message.acknowledged || !seen.insert(message.marker).second) continue;
            ++out_.acknowledged;
            const auto sent = sentWith_.find(message.marker);
            if (sent == sentWith_.end()) {
                if (heldBecause(message.marker).empty())
                    problem(out_.lost, "message " + message.marker + " was acknowledged and never answered");
                else
                    ++out_.heldMessages;
                continue;
            }
            ++out_.answered;
            if (sent->second.size() > 1)
                problem(out_.answeredTwice, "message " + message.marker + " got " +
                                                std::to_string(sent->second.size()) + " different answers");
        }
        for (const auto& row : evidence_.deliveries)
            if (row.state == "held") ++out_.held;
    }

    void sends() {
        std::map<std::pair<std::string, std::string>, int> times;
        for (const auto& send : evidence_.sends)
            if (++times[{send.to, send.body}] > 1)
                problem(out_.sentTwice, "the carrier got \"" + send.body + "\" for " + send.to +
                                            " again at " + toRfc3339(send.at));
    }

    void calls() {
        std::map<std::string, const Call*> bySerial;
        std::multimap<std::string, const Call*> byBody;
        for (const auto& call : evidence_.calls) {
            bySerial[call.serial] = &call;
            byBody.emplace(call.body, &call);
        }
        std::map<std::pair<std::string, int>, std::set<std::string>> recorded;
        for (const auto& step : evidence_.steps) {
            recorded[{step.conversation, step.turn}].insert(step.serial);
            const auto call = bySerial.find(step.serial);
            if (call == bySerial.end()) {
                problem(out_.repeatedCalls, "a step holds an answer \"" + step.serial + "\" nobody gave");
                continue;
            }
            const auto [from, to] = byBody.equal_range(call->second->body);
            for (auto same = from; same != to; ++same)
                if (same->second->at > step.endedAt)
                    problem(out_.repeatedCalls, "the model was asked again (" + same->second->serial +
                                                    ") what was recorded as " + step.serial + " at " +
                                                    toRfc3339(step.endedAt));
        }
        for (const auto& row : evidence_.deliveries)
            for (const auto& serial : markersIn(row.text, kAnswer))
                if (!recorded[{row.conversation, row.turn}].contains(serial))
                    problem(out_.repeatedCalls,
                            "delivery " + row.id + " says what no step of its turn recorded: " + serial);
        if (evidence_.reopenedTurns > 0)
            problem(out_.repeatedCalls,
                    std::to_string(evidence_.reopenedTurns) + " turns threw their recorded steps away");
    }

    void permits() {
        std::map<std::string, const PermitRow*> byId;
        std::multimap<std::string, const PermitRow*> byAddress;
        for (const auto& permit : evidence_.permits) {
            byId[permit.id] = &permit;
            byAddress.emplace(permit.address, &permit);
        }
        for (const auto& send : evidence_.sends) {
            const auto rows = deliveries_.find({send.to, send.body});
            if (rows == deliveries_.end()) {
                problem(out_.sendsWithoutPermit, "\"" + send.body + "\" was sent without a delivery");
                continue;
            }
            for (const auto* row : rows->second)
                if (!byId.contains(row->permit) || byId[row->permit]->address != send.to)
                    problem(out_.sendsWithoutPermit, "delivery " + row->id + " has no permit of its own");
            const auto [from, to] = byAddress.equal_range(send.to);
            bool inTime = false;
            for (auto permit = from; permit != to; ++permit)
                inTime = inTime || (permit->second->minute <= send.at &&
                                    send.at < permit->second->minute + kPermitLasts);
            if (!inTime)
                problem(out_.sendsWithoutPermit, "\"" + send.body + "\" was sent at " + toRfc3339(send.at) +
                                                     " without a permit for then");
        }
        if (!evidence_.chainFault.empty())
            problem(out_.sendsWithoutPermit, "the chain of permits is broken: " + evidence_.chainFault);
    }

    const Evidence& evidence_;
    std::map<std::pair<std::string, std::string>, std::vector<const DeliveryRow*>> deliveries_;
    std::map<std::string, std::set<std::string>> sentWith_;  ///< marker → the texts that answered it
    Judgement out_;
};

}  // namespace

Judgement judge(const Evidence& evidence) {
    return Bench(evidence).verdict();
}

}  // namespace overture::chaos
