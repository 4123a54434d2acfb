#pragma once

#include "overture/plugin.hpp"

namespace overture::sendgrid {

/// The custom argument that comes back with every event: the message's reference.
inline constexpr const char* kReference = "overture_reference";

/// The document for POST /v3/mail/send of what the email channel composed. Throws sdk::Refused for what is no letter.
sdk::Json mailOf(const sdk::Json& request, const std::string& replyTo);

}  // namespace overture::sendgrid
