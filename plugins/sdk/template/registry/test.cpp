// The registry's own requests, and every rule of the conformance suite.
#include <fstream>
#include <iostream>
#include <overture/testing/conformance.hpp>

using namespace overture::testing;

namespace {

int faults = 0;

void expect(bool holds, const std::string& what) {
    if (holds) return;
    std::cout << "FAILED: " << what << "\n";
    ++faults;
}

void asksAsTheRegistryWants(const Sample& sample) {
    FakeHost host;
    for (const auto& [name, value] : sample.secrets) host.secret(name, value);
    host.answer(200,
                R"({"as_of": "2026-03-01T00:00:00Z", "listed": ["+15555550123"], "free": ["+15555550124"]})");
    Plugin plugin(overture_plugin_entry_v1(), host, sample.settings);
    const auto answer = plugin.call(
        "registry.numbers/1", "check",
        {{"numbers", {"+15555550123", "+15555550124", "+15555550125"}}, {"now", "2026-03-01T17:00:00Z"}});
    expect(answer.document.value("answers", Json()) ==
               Json::array({{{"number", "+15555550123"}, {"listed", true}},
                            {{"number", "+15555550124"}, {"listed", false}}}),
           "who was not spoken of has no answer");
    const auto asked = host.requests().at(0);
    expect(asked.method == "POST" && asked.url.ends_with("/check"), "it posts to /check");
}

}  // namespace

int main(int count, char** words) {
    if (count != 2) return 2;
    std::ifstream file(words[1]);
    const auto sample = readSample(Json::parse(file));
    asksAsTheRegistryWants(sample);
    for (const auto& broken : brokenRules({overture_plugin_entry_v1(), sample})) expect(false, broken);
    std::cout << (faults == 0 ? "All is well.\n" : "");
    return faults == 0 ? 0 : 1;
}
