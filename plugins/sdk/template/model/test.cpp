// Acme's own requests, and every rule of the conformance suite.
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

void asksAsTheVendorWants(const Sample& sample) {
    FakeHost host;
    for (const auto& [name, value] : sample.secrets) host.secret(name, value);
    host.answer(200,
                R"({"text": "{\"reply\": \"Hi\"}", "ended": "stop", "tokens": {"read": 10, "written": 5}})");
    Plugin plugin(overture_plugin_entry_v1(), host, sample.settings);
    const auto answer = plugin.call("model.chat/1", "complete",
                                    {{"messages", {{{"role", "user"}, {"content", "Hello"}}}},
                                     {"max_tokens", 64},
                                     {"context", Json::object()}});
    expect(answer.document.value("json", Json()) == Json{{"reply", "Hi"}}, "an object is read as one");
    expect(answer.document["usage"]["cost_micros"] == 12, "it counts what the answer cost");
    const auto body = Json::parse(host.requests().at(0).body);
    expect(body["model"] == "small" && body["most"] == 64, "it asks for the model of its settings");
}

}  // namespace

int main(int count, char** words) {
    if (count != 2) return 2;
    std::ifstream file(words[1]);
    const auto sample = readSample(Json::parse(file));
    asksAsTheVendorWants(sample);
    for (const auto& broken : brokenRules({overture_plugin_entry_v1(), sample})) expect(false, broken);
    std::cout << (faults == 0 ? "All is well.\n" : "");
    return faults == 0 ? 0 : 1;
}
