#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "call/session.hpp"
#include "plugin/host.hpp"
#include "rehearsal/phone.hpp"

namespace overture::rehearsal {

/// What the conversation has to say to somebody's words.
struct CallAnswer {
    std::vector<std::string> sentences;
    std::string over = {};        ///< why the call ends after them; "": it goes on
    std::string transferTo = {};  ///< who it is given to after them; "": nobody
    bool slow = false;            ///< digits are asked for, or a spelling
};

/// One call without a carrier: a session, a phone with a person on it, a recognizer and a synthesizer.
struct CallScene {
    call::Plan plan = {};
    std::vector<PhoneAct> person = {};
    std::uint64_t seed = 1;
    std::string language = "en";
    std::shared_ptr<plugin::Instance> hearing, speaking;
    Json voice = Json::object();  ///< {voice?, speed?} of ours
    std::function<CallAnswer(const std::string& words)> answer;
    /// What the person does next, told what they heard since they spoke last; nothing: they keep to their acts.
    std::function<std::vector<PhoneAct>(const std::string& heard)> react = {};
    milliseconds thinks{300};   ///< from their words to the first sentence of an answer
    milliseconds speaks{0};     ///< from a sentence to its sound
    bool somebodyTakes = true;  ///< a call that is given to somebody else
    /// By the wall's clock, for speech that needs its time; otherwise as fast as it goes.
    bool realTime = false;
    milliseconds most{minutes(10)};  ///< then it is over, whatever happens
};

/// Both sides as they sounded at the phone, and what was noted.
struct CallRecord {
    std::string ours, theirs;  ///< mu-law, equally long
    std::vector<call::Line> lines;
    std::vector<call::Said> said;
    std::vector<call::WasHeard> heard;
    std::vector<call::Signal> signals;
    std::string reason;
    int clears = 0;
    milliseconds length{0};
};

CallRecord rehearseCall(const CallScene& scene);

/// "0:07.2  lead   Sure, go on": one line for each of the record's.
std::string transcriptOf(const CallRecord& record);
Json documentOf(const CallRecord& record);

/// A text's sound as this plugin speaks it; throws Error when it does not.
std::string soundOf(plugin::Instance& speaking, const std::string& text, const std::string& language,
                    const Json& voice = Json::object());

}  // namespace overture::rehearsal
