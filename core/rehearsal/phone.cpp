#include "rehearsal/phone.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace overture::rehearsal {
namespace {

constexpr int kBeepHertz = 1000;

std::string toneOf(milliseconds length, double loudness) {
    std::string out;
    const auto samples = length.count() * call::kRate / 1000;
    for (std::int64_t i = 0; i < samples; ++i) {
        const double turn = 2 * std::numbers::pi * kBeepHertz * static_cast<double>(i) / call::kRate;
        out += static_cast<char>(call::toMulaw(static_cast<std::int16_t>(32000 * loudness * std::sin(turn))));
    }
    return out;
}

std::int16_t together(int one, int other) {
    return static_cast<std::int16_t>(std::clamp(one + other, -32768, 32767));
}

struct Field {
    const char* name;
    PhoneAct::When when;
};
constexpr Field kWhens[] = {{"at_ms", PhoneAct::When::at},
                            {"after_quiet_ms", PhoneAct::When::afterQuiet},
                            {"after_silence_ms", PhoneAct::When::afterSilence},
                            {"while_spoken_to_ms", PhoneAct::When::whileSpokenTo}};

std::string keysFault(const std::string& keys) {
    if (keys.empty() || keys.find_first_not_of("0123456789*#") != std::string::npos)
        return "\"key\" takes digits, * and #";
    return {};
}

}  // namespace

PhoneAct PhoneAct::say(When when, milliseconds wait, std::string text, std::string sound) {
    PhoneAct act;
    act.when = when;
    act.wait = wait;
    act.text = std::move(text);
    act.sound = std::move(sound);
    return act;
}

PhoneAct PhoneAct::hangUp(When when, milliseconds wait) {
    PhoneAct act;
    act.when = when;
    act.wait = wait;
    act.what = What::hangUp;
    return act;
}

Result<std::vector<PhoneAct>> phoneActs(const Json& list,
                                        const std::function<std::string(const std::string&)>& voice,
                                        const std::function<std::string(const std::string&)>& file) {
    std::vector<PhoneAct> acts;
    if (!list.is_array()) return Problem{"what is done on the phone is a list of acts", "", ""};
    for (const auto& one : list) {
        const auto place = "act " + std::to_string(acts.size() + 1);
        const auto wrong = [&](const std::string& what) {
            return Problem{what, place,
                           "Write one of say, play, key, beep_ms, noise_ms, hang_up, and when: at_ms, "
                           "after_quiet_ms, after_silence_ms or while_spoken_to_ms."};
        };
        if (!one.is_object()) return wrong("an act is an object");
        PhoneAct act;
        int whats = 0, whens = 0;
        for (const auto& [name, value] : one.items()) {
            const auto when = std::find_if(std::begin(kWhens), std::end(kWhens),
                                           [&](const Field& field) { return name == field.name; });
            if (when != std::end(kWhens)) {
                if (!value.is_number_unsigned()) return wrong("\"" + name + "\" is a number of milliseconds");
                act.when = when->when;
                act.wait = milliseconds(value.get<std::int64_t>());
                ++whens;
            } else if ((name == "say" || name == "play") && value.is_string()) {
                act.text = value.get<std::string>();
                if (name == "say") {
                    act.sound = voice(act.text);
                } else {
                    auto sound = mulawOfWave(file(act.text));
                    if (!sound)
                        return Problem{sound.problem().what, place + ", " + act.text, sound.problem().remedy};
                    act.sound = std::move(*sound);
                }
                ++whats;
            } else if (name == "key" && value.is_string()) {
                act.what = PhoneAct::What::key;
                act.text = value.get<std::string>();
                if (const auto fault = keysFault(act.text); !fault.empty()) return wrong(fault);
                ++whats;
            } else if ((name == "beep_ms" || name == "noise_ms") && value.is_number_unsigned()) {
                act.what = name == "beep_ms" ? PhoneAct::What::beep : PhoneAct::What::noise;
                act.length = milliseconds(value.get<std::int64_t>());
                ++whats;
            } else if (name == "hang_up" && value == true) {
                act.what = PhoneAct::What::hangUp;
                ++whats;
            } else if (name == "loudness" && value.is_number()) {
                act.loudness = std::clamp(value.get<double>(), 0.0, 1.0);
            } else {
                return wrong("\"" + name + "\" is none of an act's fields, or not of its type");
            }
        }
        if (whats != 1 || whens > 1) return wrong("an act does one thing, at one time");
        acts.push_back(std::move(act));
    }
    return acts;
}

Phone::Phone(std::vector<PhoneAct> acts, std::uint64_t seed)
    : acts_(std::make_move_iterator(acts.begin()), std::make_move_iterator(acts.end())), random_(seed) {}

void Phone::sound(std::string_view mulaw) {
    line_ += mulaw;
}

void Phone::mark(std::string name) {
    marks_.push_back({std::move(name), line_.size()});
}

std::vector<std::string> Phone::clear() {
    line_.clear();
    std::vector<std::string> back;
    for (auto& mark : marks_) back.push_back(std::move(mark.name));
    marks_.clear();
    return back;
}

Phone::Tick Phone::tick() {
    Tick tick;
    tick.heard = playNext(tick);
    const bool voice = ear_.next(tick.heard);
    spokenTo_ = ear_.lasting();
    wasSpokenTo_ = wasSpokenTo_ || voice;
    quiet_ = voice ? milliseconds(0) : quiet_ + call::kFrame;
    silence_ = voice || !mouth_.empty() ? milliseconds(0) : silence_ + call::kFrame;
    while (!hungUp_ && !acts_.empty() && itsTime(acts_.front())) {
        auto act = std::move(acts_.front());
        acts_.pop_front();
        begin(std::move(act), tick);
    }
    tick.spoken = speakNext();
    now_ += call::kFrame;
    return tick;
}

std::string Phone::playNext(Tick& tick) {
    auto frame = line_.substr(0, call::kFrameBytes);
    line_.erase(0, frame.size());
    for (auto& mark : marks_) mark.before -= std::min(mark.before, frame.size());
    while (!marks_.empty() && marks_.front().before == 0) {
        tick.played.push_back(std::move(marks_.front().name));
        marks_.pop_front();
    }
    frame.resize(call::kFrameBytes, call::silence(milliseconds(1)).front());
    return frame;
}

/// Who says something waits until what they said before is out; an interruption is measured from the other's voice.
bool Phone::itsTime(const PhoneAct& act) const {
    using When = PhoneAct::When;
    if (!mouth_.empty()) return false;
    switch (act.when) {
        case When::atOnce: return true;
        case When::at: return now_ >= act.wait;
        case When::afterQuiet: return wasSpokenTo_ && quiet_ >= act.wait;
        case When::afterSilence: return silence_ >= act.wait;
        case When::whileSpokenTo: return spokenTo_ >= std::max(act.wait, call::kFrame);
    }
    return false;
}

void Phone::begin(PhoneAct act, Tick& tick) {
    using What = PhoneAct::What;
    silence_ = milliseconds(0);
    switch (act.what) {
        case What::say: mouth_ = std::move(act.sound); break;
        case What::beep: mouth_ = toneOf(act.length, act.loudness); break;
        case What::noise:
            noise_ = act.length;
            noiseLoudness_ = act.loudness;
            break;
        case What::key: tick.keys += act.text; break;
        case What::hangUp: hungUp_ = tick.hangsUp = true; break;
    }
}

std::string Phone::speakNext() {
    auto frame = mouth_.substr(0, call::kFrameBytes);
    mouth_.erase(0, frame.size());
    if (!frame.empty() && mouth_.empty()) wasSpokenTo_ = false;
    frame.resize(call::kFrameBytes, call::silence(milliseconds(1)).front());
    if (noise_.count() <= 0) return frame;
    noise_ -= call::kFrame;
    for (auto& byte : frame) {
        // Evenly spread between its limits, noise is as loud as its limit divided by the root of three.
        const auto strength = (random_.unit() * 2 - 1) * std::sqrt(3.0) * noiseLoudness_ * 32767;
        byte = static_cast<char>(call::toMulaw(
            together(call::fromMulaw(static_cast<std::uint8_t>(byte)), static_cast<int>(strength))));
    }
    return frame;
}

}  // namespace overture::rehearsal
