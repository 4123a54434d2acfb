#pragma once

#include <string_view>
#include <vector>

/// Word lists of the rules tier, per kind, in the languages that playbooks are written in so far.
namespace overture::agent::phrases {

const std::vector<std::string_view>& promises();      ///< of results; a negated one is none
const std::vector<std::string_view>& humanClaims();   ///< "I'm a real person"
const std::vector<std::string_view>& saysMachine();   ///< that an AI or a machine is writing
const std::vector<std::string_view>& saysRecorded();  ///< that a call is recorded
const std::vector<std::string_view>& refusals();      ///< a model declining to work
const std::vector<std::string_view>& promptTalk();    ///< about instructions, prompts, being a language model
const std::vector<std::string_view>& abuse();
const std::vector<std::string_view>& legalThreats();  ///< in the lead's words
const std::vector<std::string_view>& neverContact();  ///< in the lead's words

}  // namespace overture::agent::phrases
