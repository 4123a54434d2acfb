// The bodies of conformance.hpp.
#pragma once

#include "overture/testing/detail/conformance_trial.hpp"
// these stand on it
#include "overture/testing/detail/key_rules.hpp"
// and on that
#include "overture/testing/detail/carrier_rules.hpp"
#include "overture/testing/detail/channel_rules.hpp"
#include "overture/testing/detail/general_rules.hpp"
#include "overture/testing/detail/vendor_rules.hpp"
// and on those
#include "overture/testing/detail/speech_rules.hpp"
#include "overture/testing/detail/storage_rules.hpp"

namespace overture::testing {

inline std::vector<Rule> rulesFor(const overture_entry_t* entry) {
    std::vector<Rule> rules;
    detail::addGeneralRules(rules);
    const auto lists = [&](std::string_view wanted) {
        for (const char* const* capability = entry->capabilities; *capability != nullptr; ++capability)
            if (wanted == *capability) return true;
        return false;
    };
    for (const auto& stakes : detail::operationsWithVendors())
        if (lists(stakes.operation.substr(0, stakes.operation.find(' '))))
            detail::addVendorRules(rules, stakes);
    if (lists(OVERTURE_CARRIER_MESSAGE)) detail::addCarrierRules(rules);
    if (lists(OVERTURE_CHANNEL_MESSAGE)) detail::addChannelRules(rules);
    if (lists(OVERTURE_SPEECH_SYNTHESIZE)) detail::addSynthesizerRules(rules);
    const bool hears = lists(OVERTURE_SPEECH_TRANSCRIBE), converses = lists(OVERTURE_SPEECH_CONVERSE);
    if (hears || converses) detail::addStreamRules(rules, hears, converses);
    if (lists(OVERTURE_STORAGE)) detail::addStorageRules(rules);
    return rules;
}

inline Verdict judge(const Rule& rule, const Subject& subject) {
    try {
        return rule.check(subject);
    } catch (const std::exception& error) {
        return detail::broken(error.what());
    } catch (...) {
        return detail::broken("something that is no std::exception crossed the boundary");
    }
}

inline std::vector<std::string> brokenRules(const Subject& subject) {
    std::vector<std::string> broken;
    for (const auto& rule : rulesFor(subject.entry))
        if (const auto verdict = judge(rule, subject); verdict.state == Verdict::broken)
            broken.push_back(rule.name + " (" + rule.demands + "): " + verdict.why);
    return broken;
}

}  // namespace overture::testing
