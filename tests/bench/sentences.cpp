// How long the Overseer's rules take for a sentence that is about to be said: every stage of the shipped playbooks, behind a history of
// twenty messages, each sentence together with those said before it.
#include <ctime>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "agent/rules.hpp"
#include "base/time.hpp"
#include "playbook/check_folder.hpp"

namespace {

using namespace overture;

const std::vector<std::string> kSentences{
    "Thanks, that helps a lot.",
    "Most homes like yours pay between $120 and $180 a month for power, and a roof that faces south usually "
    "covers most of it.",
    "Would Tuesday afternoon or Thursday morning suit you better for a short visit?",
    "We never ask for anything before the visit, and it takes about thirty minutes.",
    "We guarantee that you save 40% from the first month.",
    "You can read more at https://other.example/deal or call 602-555-0199 today."};

double processorMs() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

Json history(const playbook::Definition& definition) {
    Json messages = Json::array();
    for (int i = 0; i < 10; ++i) {
        messages.push_back({{"direction", "out"},
                            {"text", "Message " + std::to_string(i) +
                                         ": may I ask what matters most to you about the roof?"},
                            {"at", "2026-09-14T16:00:00Z"},
                            {"stage", definition.firstStage}});
        messages.push_back({{"direction", "in"},
                            {"text", "The bills mostly, about 140 a month, and we had outages."},
                            {"at", "2026-09-14T16:01:00Z"},
                            {"stage", definition.firstStage}});
    }
    return messages;
}

agent::Briefing briefingOf(const std::shared_ptr<const playbook::Definition>& definition,
                           const playbook::Stage& stage) {
    agent::Briefing about;
    about.definition = definition;
    about.stage = &stage;
    about.view.lead = {{"first_name", "Asha"}, {"country", "US"}};
    about.view.settings = {{"company", "Northbeam"}};
    about.view.facts = {{"bill", 140}};
    about.view.stage = stage.name;
    about.view.channel = "voice";
    about.view.language = "en";
    about.view.messages = history(*definition);
    about.view.now = *parseRfc3339("2026-09-14T17:00:00Z");
    about.view.zone = "America/Phoenix";
    about.incoming = "We pay about 140 a month. What would it bring us?";
    about.spoken = true;
    return about;
}

void measure(const agent::Briefing& about, std::vector<double>& taken, std::size_t& refused) {
    agent::Draft draft;
    draft.facts = Json::object();
    for (const auto& sentence : kSentences) {
        draft.reply += (draft.reply.empty() ? "" : " ") + sentence;
        const auto before = processorMs();
        const bool found = !agent::rules::faultsOf(about, draft).empty();
        taken.push_back(processorMs() - before);
        refused += found;
    }
}

}  // namespace

int main(int count, char** words) {
    const double most = count > 1 ? std::atof(words[1]) : 0;
    std::vector<double> taken;
    std::size_t refused = 0;
    for (int i = 2; i < count; ++i) {
        const auto checked = playbook::checkFolder(words[i]);
        if (!checked.definition) {
            std::cerr << "bench: " << words[i] << " has mistakes\n";
            return 2;
        }
        for (const auto& stage : checked.definition->stages) {
            const auto about = briefingOf(checked.definition, stage);
            std::vector<double> warm;
            measure(about, warm, refused);
            for (int round = 0; round < 200; ++round) measure(about, taken, refused);
        }
    }
    if (taken.empty()) {
        std::cerr << "bench: name the playbooks\n";
        return 2;
    }
    std::sort(taken.begin(), taken.end());
    const auto at = [&](double share) {
        return taken[static_cast<std::size_t>(share * static_cast<double>(taken.size() - 1))];
    };
    std::cout << toText({{"what", "sentences"},
                         {"reviewed", taken.size()},
                         {"refused", refused},
                         {"ms_median", at(0.5)},
                         {"ms_99", at(0.99)},
                         {"ms_most", taken.back()}})
              << "\n";
    return most == 0 || at(0.99) <= most ? 0 : 1;
}
