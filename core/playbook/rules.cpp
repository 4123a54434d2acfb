#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "base/time.hpp"
#include "playbook/placeholders.hpp"
#include "playbook/read_playbook.hpp"

namespace overture::playbook {
namespace {

/// Characters that travel in 7 bits (3GPP TS 23.038): the common ones. Anything else halves what fits into a
/// segment.
bool isGsm7(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x80 && byte != '`') continue;
        static constexpr std::string_view kTwoByte[] = {"£", "¥", "è", "é", "ù", "ì", "ò", "Ç", "Ø", "ø",
                                                        "Å", "å", "Æ", "æ", "ß", "É", "¤", "¡", "Ä", "Ö",
                                                        "Ñ", "Ü", "§", "¿", "ä", "ö", "ñ", "ü", "à"};
        const bool known = std::any_of(std::begin(kTwoByte), std::end(kTwoByte),
                                       [&](std::string_view c) { return text.substr(i, 2) == c; });
        if (known)
            ++i;
        else if (text.substr(i, 3) == "€")
            i += 2;
        else
            return false;
    }
    return true;
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

class Rules {
public:
    Rules(const Definition& definition, const Lines& lines, const Outline& outline, Reader& reader,
          std::vector<Finding>& findings)
        : definition_(definition), lines_(lines), outline_(outline), reader_(reader), findings_(findings) {
        for (const auto& [name, line] : lines.stages) stageNames_.push_back(name);
    }

    void check() {
        starts();
        for (const auto& stage : definition_.stages) stageRules(stage);
        for (const auto& objection : definition_.objections)
            if (!objection.otherwise.empty())
                reader_.knows(line(lines_.otherwises, objection.name), "stage", objection.otherwise,
                              stageNames_);
        checkMentions(definition_, lines_, outline_, reader_);
        reachability();
        for (const auto& written : reader_.written) text(written);
        bookings();
        if (stageNames_.size() == definition_.stages.size() && !stageNames_.empty() &&
            !outline_.mentions("talk:", "close") &&
            std::none_of(definition_.stages.begin(), definition_.stages.end(),
                         [](const Stage& stage) { return stage.closes || stage.handsOver; }))
            reader_.warning(lines_.playbook, "no stage ends the conversation",
                            "Add closed = stage { goal = \"end kindly\", closes = true }.");
    }

private:
    static int line(const std::map<std::string, int>& lines, const std::string& name) {
        const auto found = lines.find(name);
        return found == lines.end() ? 1 : found->second;
    }

    void starts() {
        if (!definition_.firstStage.empty() && !stageNames_.empty())
            reader_.knows(lines_.start, "stage", definition_.firstStage, stageNames_);
        if (!definition_.inboundStage.empty())
            reader_.knows(lines_.inbound, "stage", definition_.inboundStage, stageNames_);
    }

    void stageRules(const Stage& stage) {
        const int at = line(lines_.stages, stage.name);
        for (const auto& move : stage.moves) {
            const int here = lines_.moves.at(stage.name).at(move.to);
            if (reader_.knows(here, "stage", move.to, stageNames_) && move.to == stage.name)
                reader_.error(here, "stage \"" + stage.name + "\" moves to itself", "Remove this move.");
        }
        if (stage.quiet && !stage.quiet->go.empty()) {
            const int here = line(lines_.quiets, stage.name);
            if (reader_.knows(here, "stage", stage.quiet->go, stageNames_) && stage.quiet->go == stage.name)
                reader_.error(here, "stage \"" + stage.name + "\" goes to itself when it is quiet",
                              "Name another stage.");
        }
        silence(stage);
        if (stage.booking && !stage.booking->after.empty())
            reader_.knows(line(lines_.afters, stage.name), "stage", stage.booking->after, stageNames_);
        const bool ends = stage.closes || stage.handsOver;
        const bool leaves =
            !stage.moves.empty() || stage.quiet || (stage.booking && !stage.booking->after.empty());
        if (!ends && !leaves)
            reader_.error(at, "there is no way out of stage \"" + stage.name + "\"",
                          "Add moves or quiet, or closes = true, or hands_over = true.");
        if (stage.closes && stage.handsOver)
            reader_.error(at, "stage \"" + stage.name + "\" both closes and hands over", "Keep one of them.");
        if (ends && (!stage.moves.empty() || stage.quiet || !stage.collect.empty()))
            reader_.error(at,
                          "stage \"" + stage.name +
                              "\" ends the agent's part, so its moves, quiet and collect never count",
                          "Remove them, or remove closes or hands_over.");
        if (stage.strict && stage.lines.empty())
            reader_.error(at, "stage \"" + stage.name + "\" is strict and has no lines: nothing may be said",
                          "Add lines.");
        for (const auto& fact : stage.collect)
            if (const auto found = definition_.facts.find(fact);
                found != definition_.facts.end() && found->second.ask.empty())
                reader_.warning(line(lines_.facts, fact),
                                "stage \"" + stage.name + "\" collects " + fact + ", which has no question",
                                "Add ask = \"…?\" to it.");
        if (!stage.booking && !stage.handsOver && stage.lines.empty() && stage.guide.empty() &&
            stage.goal.empty())
            reader_.error(at, "stage \"" + stage.name + "\" says nothing about what to do",
                          "Add goal, guide or lines.");
    }

    /// What is said after a day without a word, where only a template may be said then.
    void silence(const Stage& stage) {
        const auto& channels = definition_.channels;
        if (std::find(channels.begin(), channels.end(), "whatsapp") == channels.end()) return;
        const auto* next = stage.quiet ? definition_.stage(stage.quiet->go) : nullptr;
        if (next != nullptr && stage.quiet->after >= std::chrono::hours(24) && !next->closes &&
            !next->lines.empty() && next->templateName.empty())
            reader_.warning(line(lines_.stages, next->name),
                            "after " + toDurationText(stage.quiet->after) + " of silence in \"" + stage.name +
                                "\" WhatsApp takes only a template, and \"" + next->name +
                                "\" names none: a person would be asked",
                            "Add template = \"…\", or go to a stage that closes.");
        if (stage.booking && !stage.booking->remind.empty() && stage.templateName.empty())
            reader_.warning(
                line(lines_.stages, stage.name),
                "a reminder by WhatsApp needs a template once the lead has not written for a day, and \"" +
                    stage.name + "\" names none",
                "Add template = \"…\" with {slot} in it.");
    }

    void bookings() {
        for (const auto& stage : definition_.stages) {
            if (!stage.booking) continue;
            for (const auto before : stage.booking->remind)
                if (before >= stage.booking->horizon)
                    reader_.error(line(lines_.stages, stage.name),
                                  "a reminder " + toDurationText(before) +
                                      " before is never sent: booking \"" + stage.name +
                                      "\" offers nothing later than " +
                                      toDurationText(stage.booking->horizon) + " from now",
                                  "Make remind shorter or horizon longer.");
            if (longestSpan(stage.booking->hours) < stage.booking->minutes)
                reader_.error(line(lines_.stages, stage.name),
                              "a meeting of " + std::to_string(stage.booking->minutes) +
                                  " minutes does not fit into the hours of \"" + stage.name + "\"",
                              "Make the hours longer or the meeting shorter.");
        }
    }

    void reach(const std::string& name, std::set<std::string>& seen) {
        const auto* stage = definition_.stage(name);
        if (stage == nullptr || !seen.insert(name).second) return;
        for (const auto& move : stage->moves) reach(move.to, seen);
        if (stage->quiet) reach(stage->quiet->go, seen);
        if (stage->booking) reach(stage->booking->after, seen);
    }

    void reachability() {
        std::set<std::string> seen;
        reach(definition_.firstStage, seen);
        if (seen.empty()) return;  // the first stage is not known; that is said already
        reach(definition_.inboundStage, seen);
        for (const auto& objection : definition_.objections) reach(objection.otherwise, seen);
        for (const auto& mention : outline_.mentions()) {
            if (mention.of != "go") continue;
            if (mention.name.empty()) return;  // a hook may go anywhere
            reach(mention.name, seen);
        }
        for (const auto& stage : definition_.stages)
            if (!seen.contains(stage.name))
                reader_.error(line(lines_.stages, stage.name),
                              "stage \"" + stage.name + "\" can never be reached",
                              "Add a move to it, or remove it.");
    }

    std::vector<std::string> knownPaths(const Written& written) const {
        std::vector<std::string> known;
        for (const auto& field : leadFields())
            if (field != "custom") known.push_back("lead." + field);
        for (const auto& [name, at] : lines_.settings) known.push_back("settings." + name);
        for (const auto& [name, at] : lines_.facts) known.push_back("facts." + name);
        for (const char* key : {"name", "role", "manner"}) known.push_back(std::string("persona.") + key);
        if (written.aroundBooking)
            for (const char* key : {"slots", "slot", "manager"}) known.emplace_back(key);
        return known;
    }

    void text(const Written& written) {
        const auto known = knownPaths(written);
        for (const auto& placeholder : placeholdersOf(written.text)) {
            const auto& path = placeholder.path;
            if (path.starts_with("lead.custom.") && path.size() > 12) continue;
            const bool persona =
                path.starts_with("persona.") && std::find(known.begin(), known.end(), path) != known.end();
            if (persona && definition_.persona.contains(path.substr(8))) continue;
            if (!persona && std::find(known.begin(), known.end(), path) != known.end()) continue;
            auto near = persona ? std::string() : nearest(path, known);
            for (const char* scope : {"lead.", "facts.", "settings.", "persona."})
                if (std::find(known.begin(), known.end(), scope + path) != known.end()) near = scope + path;
            findings_.push_back({"error", placeOf(written, placeholder.from),
                                 "{" + path + "} is not known here",
                                 persona        ? "Add " + path.substr(8) + " to persona."
                                 : near.empty() ? "There are lead, settings, facts and persona."
                                                : "Did you mean {" + near + "}?"});
        }
        if (!written.spoken) return;
        forbidden(written);
        if (written.place.ends_with(".md") || !hasSms()) return;
        const auto length = characters(written.text);
        const std::size_t fits = isGsm7(written.text) ? 160 : 70;
        if (length > fits)
            findings_.push_back({"warning", written.place,
                                 "this line has " + std::to_string(length) +
                                     " characters; a text message holds " + std::to_string(fits) +
                                     (fits == 70 ? " of this script" : ""),
                                 "Shorten it, or accept that it is sent in parts."});
    }

    void forbidden(const Written& written) {
        const Written said{foldCase(written.text), written.place, written.language};
        for (const auto& never : definition_.review.never)
            if (const auto at = said.text.find(foldCase(never)); at != std::string::npos)
                findings_.push_back({"error", placeOf(said, at),
                                     "this says \"" + never + "\", which review.never forbids",
                                     "Say it in other words."});
    }

    /// A text file's own line; a text of playbook.lua has its place already.
    static std::string placeOf(const Written& written, std::size_t offset) {
        if (written.place.find(':') != std::string::npos) return written.place;
        const auto from = written.text.begin();
        return written.place + ":" +
               std::to_string(1 + std::count(from, from + static_cast<std::ptrdiff_t>(offset), '\n'));
    }

    bool hasSms() const {
        return std::find(definition_.channels.begin(), definition_.channels.end(), "sms") !=
               definition_.channels.end();
    }

    const Definition& definition_;
    const Lines& lines_;
    const Outline& outline_;
    Reader& reader_;
    std::vector<Finding>& findings_;
    std::vector<std::string> stageNames_;
};

}  // namespace

void checkRules(const Definition& definition, const Lines& lines, const Outline& outline, Reader& reader,
                std::vector<Finding>& findings) {
    Rules(definition, lines, outline, reader, findings).check();
}

}  // namespace overture::playbook
