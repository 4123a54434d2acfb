#pragma once

#include "words.hpp"

namespace overture::scripted {

/// The CSR's answer, from approved wordings only: an objection's answer, the chosen move's line and next question, the next
/// missing fact's question, or one of the lines; never what was just said. The same context gives the same answer.
Json playCsr(const Json& context);

}  // namespace overture::scripted
