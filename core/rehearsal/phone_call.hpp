#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "call/session.hpp"
#include "plugin/host.hpp"
#include "rehearsal/phone.hpp"

namespace overture::rehearsal {

/// What an agent does about words.
struct PhoneAnswer {
    std::vector<std::string> sentences;  ///< reviewed
    std::string transferTo = {};         ///< who the call is given to after them; "": nobody
    bool slow = false;                   ///< digits are asked for, or a spelling
};

/// What stands around a call in virtual time.
struct PhoneCallParts {
    /// Go by the sound's own time, as `scripted-speech` does: nobody waits for them.
    std::shared_ptr<plugin::Instance> hearing, speaking;
    std::string language = "en";
    /// What follows from these words. Whatever they say until then comes together with them, in one call.
    std::function<PhoneAnswer(const std::string& words)> answer;
    milliseconds thinking{400};   ///< until the first sentence of an answer
    milliseconds synthesis{100};  ///< until a sentence's sound begins
    bool somebodyTakes = true;    ///< a call that is transferred
};

/// What came of it.
struct PhoneCallRan {
    std::string person, agent;  ///< what each side said, as the line had it; mu-law of one length
    std::vector<call::Line> lines;
    std::vector<call::Said> said;
    std::vector<call::WasHeard> heard;
    std::vector<call::Signal> signals;
    std::string reason;
    call::Moment length{0};
};

/// One call, from the moment at which its sound begins, as fast as it can be computed. Ends with the session, or after `most`. Throws
/// Error when a plugin does not do its part.
PhoneCallRan phoneCall(const call::Plan& plan, Phone& phone, const PhoneCallParts& parts,
                       milliseconds most = minutes(30));

}  // namespace overture::rehearsal
