#include <algorithm>
#include <filesystem>
#include <iostream>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/paths.hpp"
#include "rehearsal/call.hpp"
#include "workshop/chat.hpp"

namespace overture::cli {
namespace {

using rehearsal::PhoneAct;

constexpr auto kTheyThink = milliseconds(600);
constexpr auto kPlugin = milliseconds(3000);

std::vector<std::string> sentencesIn(const Json& document, const char* name) {
    std::vector<std::string> all;
    for (const auto& one : document.value(name, Json::array())) all.push_back(one.get<std::string>());
    return all;
}

/// One of people/*.lua by name, or the first of a file of its own.
Json personOf(const workshop::Bench& bench, const std::string& wanted) {
    Json people;
    if (std::filesystem::exists(wanted)) {
        playbook::Files file{
            {"people/" + std::filesystem::path(wanted).filename().string(), readFile(wanted)}};
        people = playbook::people(file).orThrow();
        if (people.empty())
            throw Error("there is nobody in this file", wanted, "Write person { name = \"…\", … }.");
        return people[0];
    }
    people = playbook::people(bench.loaded()->files).orThrow();
    std::vector<std::string> known;
    for (const auto& person : people) {
        if (textOf(person, "name") == wanted) return person;
        known.push_back(textOf(person, "name"));
    }
    const auto near = nearest(wanted, known);
    throw Error(
        "there is no file and nobody called \"" + wanted + "\"", "--person",
        near.empty() ? "The playbook knows: " + join(known, ", ") + "." : "Did you mean \"" + near + "\"?");
}

class Caller {
public:
    Caller(const workshop::Bench& bench, Json options, plugin::Instance& voice)
        : definition_(bench.definition()), trial_(bench, std::move(options)), voice_(voice) {}

    std::string opening() { return newWords(); }
    /// The turn as it is for a text: drafted, reviewed, permitted.
    rehearsal::CallAnswer answer(const std::string& words, const std::string& language) {
        trial_.hears(words, {});
        const auto said =
            voice_.call("channel.call/1", "speak", {{"text", newWords()}, {"language", language}}, kPlugin);
        if (!said.ok()) throw Error("this text cannot be said: " + said.message, "voice");
        const auto& standing = trial_.standing();
        const auto* stage = definition_.stage(standing.stage);
        return {sentencesIn(said.document, "sentences"), standing.state == "open" ? "" : standing.state, "",
                stage != nullptr && stage->slow};
    }
    const playbook::Standing& standing() { return trial_.standing(); }

private:
    std::string newWords() {
        std::string all;
        const auto& standing = trial_.standing();
        for (auto i = standing.news; i < standing.messages.size(); ++i)
            if (standing.messages[i].direction == "out")
                all += (all.empty() ? "" : " ") + standing.messages[i].text;
        return all;
    }
    const playbook::Definition& definition_;
    workshop::Trial trial_;
    plugin::Instance& voice_;
};

int call(const std::vector<std::string>& words) {
    const Arguments arguments(words, {"person=", "acts=", "hear=", "speak=", "language=", "name=", "country=",
                                      "at=", "seed=", "minutes=", "wav=", "json=", "plugins="});
    if (arguments.positional().size() != 1) throw UsageError{"name one playbook folder"};
    if (arguments.has("person") == arguments.has("acts"))
        throw UsageError{"say who answers: --person NAME or FILE.lua, or --acts FILE.json"};
    const SystemClock clock;
    net::HttpClient http;
    plugin::Host host({http, clock});
    host.loadAll(pluginsFolder(arguments.value("plugins")));
    const auto speech = [&](const char* option) {
        return host.open(arguments.value(option, "scripted-speech"), Json::object(), {}).orThrow();
    };
    const workshop::Bench bench(arguments.positional()[0], host, "voice");
    const auto language = arguments.value(
        "language", bench.definition().languages.empty() ? "en" : bench.definition().languages.front());

    rehearsal::CallScene scene;
    scene.language = language;
    scene.hearing = speech("hear");
    scene.speaking = speech("speak");
    scene.realTime = scene.hearing->plugin() != "scripted-speech";
    scene.seed = static_cast<std::uint64_t>(arguments.number("seed", 1, 0, 1'000'000'000));
    scene.most = minutes(arguments.number("minutes", 10, 1, 60));

    Json options{{"language", language}, {"channel", "voice"}, {"at", arguments.value("at", "Tue 10:00")}};
    if (arguments.has("name")) options["lead"]["first_name"] = arguments.value("name");
    if (arguments.has("country")) options["lead"]["country"] = arguments.value("country");
    auto& voice = *bench.channel("voice");
    Caller caller(bench, options, voice);
    const auto opening = caller.opening();
    if (opening.empty())
        throw Error("the playbook has nothing to say to this lead now: " + toText(caller.standing().why),
                    arguments.positional()[0]);
    const auto company = textOf(bench.settings(), "company");
    const auto composed = voice.call(
        "channel.message/1", "compose",
        {{"text", opening}, {"language", language}, {"first", true}, {"duties", {"say_ai"}}}, kPlugin);
    if (!composed.ok()) throw Error("the opening cannot be said: " + composed.message, "voice");
    const auto& part = composed.document.at("parts").at(0);
    scene.plan.notice = sentencesIn(part, "notice");
    scene.plan.opening = sentencesIn(part, "sentences");
    const auto manners =
        voice.call("channel.call/1", "manners", {{"language", language}, {"sender_name", company}}, kPlugin);
    if (!manners.ok()) throw Error("the voice channel has no manners: " + manners.message, "voice");
    scene.plan.manners = call::Manners::fromJson(manners.document);
    scene.plan.leave = sentencesIn(manners.document, "leave");
    scene.plan.screening = sentencesIn(manners.document, "who_calls");
    scene.answer = [&](const std::string& said) { return caller.answer(said, language); };

    const auto speaks = [&](const std::string& text) {
        return rehearsal::soundOf(*scene.speaking, text, language);
    };
    Json person;
    std::size_t number = 0;
    if (arguments.has("person")) {
        person = personOf(bench, arguments.value("person"));
        const auto hello = language == "hi" ? "हैलो?" : "Hello?";
        scene.person = {PhoneAct::say(PhoneAct::When::at, milliseconds(400), hello, speaks(hello))};
        scene.react = [&](const std::string& heard) -> std::vector<PhoneAct> {
            const auto answer = workshop::answerOf(person, heard, number++);
            if (!answer || static_cast<int>(number) > person.value("gives_up_after", 8))
                return {PhoneAct::hangUp(PhoneAct::When::afterQuiet, seconds(2))};
            return {PhoneAct::say(PhoneAct::When::afterQuiet, kTheyThink, *answer, speaks(*answer))};
        };
    } else {
        const auto path = arguments.value("acts");
        const auto folder = std::filesystem::path(path).parent_path();
        scene.person =
            rehearsal::phoneActs(parseJson(readFile(path), path).orThrow(), speaks,
                                 [&](const std::string& file) { return readFile((folder / file).string()); })
                .orThrow();
    }

    const auto record = rehearsal::rehearseCall(scene);
    std::cout << rehearsal::transcriptOf(record);
    std::cout << "stage " << caller.standing().stage << ", " << caller.standing().state
              << (caller.standing().reason.empty() ? "" : ": " + caller.standing().reason) << "\n";
    if (arguments.has("wav"))
        writeFile(arguments.value("wav"), rehearsal::stereoWave(record.theirs, record.ours));
    if (arguments.has("json"))
        writeFile(arguments.value("json"), toText(rehearsal::documentOf(record)) + "\n");
    return 0;
}

const Registered command{{"call", "rehearse one telephone call with a playbook: who answers is simulated",
                          R"(Usage: overture call DIR --person NAME | --person FILE.lua | --acts FILE.json
                       [--hear PLUGIN] [--speak PLUGIN] [--wav FILE] [--json FILE]
                       [--language CODE] [--name NAME] [--country CODE] [--at TIME]
                       [--seed N] [--minutes N] [--plugins DIR]

A whole call without a carrier, network or database: the playbook's words through the real agent and its review, the real session of
a call (interruptions, patience, who answered, what was heard), and somebody on the phone. Shows what was said when.

  --person     one of the playbook's people/*.lua, or the first of a file: answers what they hear
  --acts FILE  what happens on the phone instead: [{"say": "Hello?", "at_ms": 400}, {"say": "wait", "while_spoken_to_ms": 900},
               {"play": "noise.wav"}, {"beep_ms": 400}, {"key": "1"}, {"hang_up": true, "after_silence_ms": 3000}]
  --hear, --speak  the plugins that hear and speak; default scripted-speech, which needs no time. Others run by the clock.
  --wav FILE   both sides, left theirs and right ours
  --json FILE  the transcript with its times, and what was noted

Example:
  $ overture call playbooks/solar-consult --person renter --wav call.wav)",
                          call}};

}  // namespace
}  // namespace overture::cli
