#include "workshop/chat.hpp"

#include <algorithm>
#include <filesystem>

#include "base/text.hpp"
#include "base/time.hpp"

namespace overture::workshop {
namespace {

constexpr const char* kGrey = "90";
constexpr const char* kBlue = "34";
constexpr const char* kGreen = "32";
constexpr const char* kRed = "31";
constexpr const char* kBold = "1";

constexpr const char* kHelp =
    "Whatever you write is what the lead writes. Lines that begin with / are for the chat itself:\n"
    "  /time +2d        two days go by; touches, quiet rules and reminders happen when they are due\n"
    "  /back [N]        undo the last thing, or the last N\n"
    "  /as PERSON [N]   a simulated person of people/*.lua answers for you, N times; /as lists them\n"
    "  /save NAME       what has happened becomes a spec: tests/NAME.lua\n"
    "  /say             the whole conversation\n"
    "  /again           begin again\n"
    "  /help, /quit\n";

std::string shown(const Json& value) {
    return value.is_string() ? value.get<std::string>() : toText(value);
}

std::string factsText(const Json& facts) {
    std::vector<std::string> all;
    for (const auto& [name, value] : facts.items()) all.push_back(name + " = " + shown(value));
    return join(all, ", ");
}

std::string lastSent(const playbook::Standing& standing) {
    for (auto line = standing.messages.rbegin(); line != standing.messages.rend(); ++line)
        if (line->direction == "out") return line->text;
    return {};
}

bool isWhole(const std::string& text) {
    return !text.empty() && text.size() < 4 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Chat::Chat(const Bench& bench, Json options, Json people, std::string directory, ChatStyle style)
    : bench_(bench),
      options_(std::move(options)),
      people_(std::move(people)),
      directory_(std::move(directory)),
      style_(style),
      trial_(std::make_unique<Trial>(bench, options_)) {}

std::string Chat::paint(const char* colour, const std::string& text) const {
    return style_.colours ? std::string("\x1b[") + colour + "m" + text + "\x1b[0m" : text;
}

std::string Chat::greeting() {
    return paint(kBold, bench_.definition().id) + ": you are the lead. /help shows what else you can do.\n" +
           news();
}

std::string Chat::line(const std::string& text) {
    const std::string words(trim(toValidUtf8(text)));
    if (words.empty()) return {};
    try {
        if (words.front() != '/') return hears(words);
        const auto space = words.find(' ');
        const auto rest = space == std::string::npos ? "" : std::string(trim(words.substr(space)));
        return command(words.substr(1, space == std::string::npos ? space : space - 1), rest);
    } catch (const Error& error) {
        return paint(kRed, error.problem().sentence()) + "\n";
    }
}

std::string Chat::command(const std::string& name, const std::string& rest) {
    if (name == "help") return kHelp;
    if (name == "time") return later(rest);
    if (name == "back") return back(rest);
    if (name == "as") return as(rest);
    if (name == "save") return save(rest);
    if (name == "again") return startAgain();
    if (name == "say") return join(playbook::transcript(trial_->standing(), 1000), "\n") + "\n";
    if (name == "quit" || name == "exit" || name == "q") {
        done_ = true;
        return {};
    }
    const auto near = nearest(name, {"help", "time", "back", "as", "save", "again", "say", "quit"});
    throw Error("there is no /" + name, {},
                near.empty() ? "/help lists them." : "Did you mean /" + near + "?");
}

template <typename Act>
std::string Chat::step(const std::string& lua, Act act) {
    Step before{trial_->state(), lua};
    try {
        act();
    } catch (...) {
        trial_->restore(std::move(before.before));
        throw;
    }
    steps_.push_back(std::move(before));
    return news();
}

std::string Chat::hears(const std::string& text) {
    return step("talk:hears " + luaQuoted(text), [&] { trial_->hears(text, {}); });
}

std::string Chat::later(const std::string& text) {
    const auto plain = text.starts_with('+') ? text.substr(1) : text;
    const auto time = parseDuration(plain);
    if (!time || *time <= seconds(0) || *time > days(366))
        throw Error("\"" + text + "\" is no time", "/time",
                    "Write /time +2d, +3h or +15m, at most 366 days.");
    return step("talk:later " + luaQuoted(plain), [&] { trial_->later(*time); });
}

std::string Chat::back(const std::string& text) {
    if (!text.empty() && !isWhole(text)) throw Error("\"" + text + "\" is no number", "/back");
    const auto count = std::min<std::size_t>(text.empty() ? 1 : std::stoul(text), steps_.size());
    if (count == 0) throw Error("there is nothing to take back", "/back");
    auto at = steps_.size() - count;
    trial_->restore(std::move(steps_[at].before));
    steps_.resize(at);
    const auto heard = lastSent(trial_->standing());
    return "back " + std::to_string(count) + (count == 1 ? " step\n" : " steps\n") +
           (heard.empty() ? "" : "  " + paint(kBlue, "we") + "    " + heard + "\n") + panel();
}

std::string Chat::as(const std::string& rest) {
    auto name = rest;
    std::size_t count = 1;
    if (const auto space = rest.rfind(' '); space != std::string::npos && isWhole(rest.substr(space + 1))) {
        count = std::stoul(rest.substr(space + 1));
        name = std::string(trim(rest.substr(0, space)));
    }
    std::vector<std::string> known;
    for (const auto& person : people_) known.push_back(textOf(person, "name"));
    if (name.empty()) return known.empty() ? "people/ is empty\n" : "people: " + join(known, ", ") + "\n";
    const auto person = std::find_if(people_.begin(), people_.end(),
                                     [&](const Json& each) { return textOf(each, "name") == name; });
    if (person == people_.end()) {
        const auto near = nearest(name, known);
        throw Error("there is nobody called \"" + name + "\"", "/as",
                    near.empty() ? "There are " + join(known, ", ") + "." : "Did you mean \"" + near + "\"?");
    }
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
        const auto answer = answerOf(*person, lastSent(trial_->standing()), steps_.size());
        if (!answer) return out + paint(kGrey, name + " says nothing") + "\n";
        out += "  " + paint(kGreen, name) + "  " + *answer + "\n" + hears(*answer);
    }
    return out;
}

std::string Chat::startAgain() {
    trial_ = std::make_unique<Trial>(bench_, options_);
    steps_.clear();
    return greeting();
}

std::string Chat::news() {
    const auto& standing = trial_->standing();
    std::string out;
    for (auto i = standing.news; i < standing.messages.size(); ++i) {
        const auto& line = standing.messages[i];
        if (line.direction == "out") out += "  " + paint(kBlue, "we") + "    " + line.text + "\n";
        if (line.direction == "note") out += "  " + paint(kGrey, "note  " + line.text) + "\n";
    }
    if (out.empty()) out = "  " + paint(kGrey, "(nothing is sent)") + "\n";
    return out + panel();
}

std::string Chat::panel() {
    const auto& standing = trial_->standing();
    std::vector<std::pair<std::string, std::string>> rows;
    auto stage = standing.stage;
    if (standing.why.contains("moves"))
        for (const auto& move : standing.why["moves"]) stage += "; " + textOf(move, "why");
    rows.emplace_back("stage", stage);
    if (standing.state != "open")
        rows.emplace_back("state", standing.state + (standing.reason.empty() ? "" : ": " + standing.reason));
    if (!standing.facts.empty()) rows.emplace_back("facts", factsText(standing.facts));
    for (const auto& review : standing.reviews)
        rows.emplace_back("verdict",
                          review.verdict + (review.reasons.empty() ? "" : ": " + join(review.reasons, "; ")));
    if (standing.why.contains("gate")) rows.emplace_back("gate", shown(standing.why["gate"]));
    if (standing.meeting)
        rows.emplace_back(
            "meeting", textOf(*standing.meeting, "text") + " with " + textOf(*standing.meeting, "manager"));
    auto clock = localTime(isZone(standing.zone) ? standing.zone : "UTC", standing.now).text();
    if (const auto next = trial_->nextDue())
        clock += "; something is due in " +
                 toDurationText(std::max(minutes(1), std::chrono::ceil<minutes>(*next - standing.now)));
    rows.emplace_back("clock", clock);
    std::string out;
    for (auto& [name, text] : rows) {
        name.resize(9, ' ');
        const bool bad = name.starts_with("state") || text.starts_with("revise") || text.starts_with("hold");
        out += "      " + paint(bad ? kRed : kGrey, "| " + name + text) + "\n";
    }
    return out;
}

std::string Chat::save(const std::string& rest) {
    if (rest.empty()) throw Error("/save needs a name", {}, "Write /save price.");
    const bool isPath = rest.find('/') != std::string::npos;
    auto path = isPath ? rest : directory_ + "/tests/" + rest;
    if (!path.ends_with(".lua")) path += ".lua";
    if (std::filesystem::exists(path))
        throw Error("this file is there already", path, "Choose another name.");
    if (steps_.empty()) throw Error("nothing has happened yet that a spec could say", "/save");
    const auto& standing = trial_->standing();
    const auto sent = std::count_if(standing.messages.begin(), standing.messages.end(), [](const auto& line) {
        return line.direction == "out" && !line.earlier;
    });
    std::string lua = "it(" + luaQuoted(std::filesystem::path(path).stem().string()) +
                      ", function()\n  local talk = conversation " +
                      (options_.empty() ? "{}" : luaValue(options_)) + "\n";
    for (const auto& step : steps_) lua += "  " + step.lua + "\n";
    lua += "  expect(talk.stage):is " + luaQuoted(standing.stage) + "\n";
    lua += "  expect(talk):is_" + standing.state + "()\n";
    if (!standing.facts.empty()) lua += "  expect(talk):knows " + luaValue(standing.facts) + "\n";
    if (standing.meeting) lua += "  expect(talk):is_booked()\n";
    if (!standing.optedOut.empty()) lua += "  expect(talk):is_opted_out():on_every_channel()\n";
    lua += "  expect(talk):has_sent(" + std::to_string(sent) + ")\nend)\n";
    std::error_code fault;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), fault);
    writeFile(path, lua);
    return "saved as " + path + "; run it with: overture playbook test " + directory_ + "\n";
}

std::string luaQuoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else if (c == '\0')
            out += "\\0";
        else
            out += c;
    }
    return out + "\"";
}

std::string luaValue(const Json& value) {
    if (value.is_string()) return luaQuoted(value.get<std::string>());
    if (value.is_null()) return "nil";
    if (!value.is_structured()) return toText(value);
    std::vector<std::string> parts;
    if (value.is_array())
        for (const auto& item : value) parts.push_back(luaValue(item));
    else
        for (const auto& [name, item] : value.items())
            parts.push_back("[" + luaQuoted(name) + "] = " + luaValue(item));
    return parts.empty() ? "{}" : "{ " + join(parts, ", ") + " }";
}

std::optional<std::string> answerOf(const Json& person, const std::string& heard, std::size_t number) {
    const auto folded = foldCase(heard);
    const auto pick = [&](const Json& say) -> std::optional<std::string> {
        if (!say.is_array() || say.empty()) return std::nullopt;
        return say[number % say.size()].get<std::string>();
    };
    const auto answers = person.value("answers", Json::array());
    for (const auto& answer : answers)
        for (const auto& word : answer.value("hear", Json::array()))
            if (word.is_string() && folded.find(foldCase(word.get<std::string>())) != std::string::npos)
                return pick(answer.value("say", Json::array()));
    return pick(person.value("otherwise", Json::array()));
}

}  // namespace overture::workshop
