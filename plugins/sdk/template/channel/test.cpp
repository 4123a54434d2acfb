// The channel's own manners, and every rule of the conformance suite.
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

void hasItsManners(const Sample& sample) {
    FakeHost host;
    Plugin plugin(overture_plugin_entry_v1(), host, sample.settings);
    const auto compose = [&](const std::string& text, bool first) {
        return plugin.call("channel.message/1", "compose",
                           {{"text", text}, {"first", first}, {"sender_name", "Northbeam"}});
    };
    expect(compose(" Hi. ", false).document["text"] == "Hi.", "it trims");
    expect(compose("Hi.", true).document["text"] == "Northbeam: Hi.\n(Write \"stop\" to hear no more.)",
           "the first says who writes and how to stop");
    expect(compose(std::string(501, 'x'), false).outcome == Outcome::invalid, "too long is refused");
    const auto stop = plugin.call("channel.message/1", "read", {{"text", " STOP "}, {"channel", "acme"}});
    expect(stop.document["signals"] == Json{"stop"}, "a stop is heard");
}

}  // namespace

int main(int count, char** words) {
    if (count != 2) return 2;
    std::ifstream file(words[1]);
    const auto sample = readSample(Json::parse(file));
    hasItsManners(sample);
    for (const auto& broken : brokenRules({overture_plugin_entry_v1(), sample})) expect(false, broken);
    std::cout << (faults == 0 ? "All is well.\n" : "");
    return faults == 0 ? 0 : 1;
}
