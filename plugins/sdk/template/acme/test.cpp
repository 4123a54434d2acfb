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
    host.answer(201, R"({"id": "A1"})");
    Plugin plugin(overture_plugin_entry_v1(), host, sample.settings);
    const auto answer = plugin.call(
        "carrier.message/1", "send",
        {{"from", "+15555550100"}, {"to", "+15555550123"}, {"text", "Hello"}, {"idempotency_key", "d1"}});
    expect(answer.document.value("reference", "") == "A1", "the reference is the vendor's id");
    const auto asked = host.requests().at(0);
    expect(asked.method == "POST" && asked.url.ends_with("/messages"), "it posts to /messages");
    expect(Json::parse(asked.body).value("text", "") == "Hello", "the text goes along");
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
