#pragma once

#include "words.hpp"

namespace overture::scripted {

/// The Overseer's answer: approved wording is approved; anything else is, too, unless it promises, leaves a placeholder
/// open or uses a word that the playbook forbids.
Json playOverseer(const Json& context);

}  // namespace overture::scripted
