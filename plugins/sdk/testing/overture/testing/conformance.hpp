// Every way we know for a plugin to be wrong, header only: `overture plugin check` runs these rules, and so may a test beside the
// plugin. Vendors' answers come from a FakeHost; nothing leaves the machine.
//
//     const Sample sample = readSample(Json::parse(conformance_json));
//     EXPECT_EQ(brokenRules({overture_plugin_entry_v1(), sample}), std::vector<std::string>{});
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "overture/testing/fake_host.hpp"

namespace overture::testing {

/// conformance.json: what a suite must know of a plugin beyond plugin.json. Every member may be absent.
///   settings, secrets   of a binding, in the forms the plugin takes
///   now                 microseconds since 1970: when the samples were made
///   "CAPABILITY OPERATION": {request: members that replace the suite's own, answer: {status, headers, body} of the vendor that
///                       makes it ok; of a webhook the request as the vendor signed it, the answer to what it makes the plugin
///                       ask, "fresh_seconds" where a signature ages, and "signed": "token" where the vendor only sends a secret
///                       along, which no change of the body can show, "key" where what proves it is a public key among the
///                       settings, "fields" where it is over what members of the body say ("signature" names those that hold
///                       the proof), "jwt" where a header holds a token that the vendor signs, which says nothing of the body}
struct Sample {
    Json settings = Json::object();
    std::map<std::string, std::string> secrets;
    std::optional<std::int64_t> now;
    Json operations = Json::object();

    Json of(const std::string& operation) const {
        return operations.contains(operation) ? operations[operation] : Json::object();
    }
};
/// Throws std::runtime_error with a sentence when the document is not of that form.
Sample readSample(const Json& document);

struct Subject {
    const overture_entry_t* entry = nullptr;
    Sample sample;
};

struct Verdict {
    enum State { kept, broken, skipped } state = kept;
    std::string why;  ///< what was seen, or why it does not apply; "" when kept
};

struct Rule {
    std::string name;     ///< "send-lost"
    std::string demands;  ///< one sentence
    std::function<Verdict(const Subject&)> check;
};

/// Those of the capabilities that the library lists, in the order to read them in.
std::vector<Rule> rulesFor(const overture_entry_t* entry);
/// Runs it; an exception that crosses the plugin's boundary breaks any rule. A crash or a hang takes the process along.
Verdict judge(const Rule& rule, const Subject& subject);
/// Every rule that is broken, as a sentence each; nothing when all are kept or do not apply. In this process.
std::vector<std::string> brokenRules(const Subject& subject);

}  // namespace overture::testing

#include "overture/testing/detail/conformance_impl.hpp"
