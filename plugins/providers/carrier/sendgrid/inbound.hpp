#pragma once

#include "overture/plugin.hpp"
#include "parts.hpp"

namespace overture::sendgrid {

/// The engine's events of an event webhook's body. A bounce of an address that does not exist is final; a complaint and an
/// unsubscription are the person's STOP.
sdk::Json eventsOf(const sdk::Json& body);

/// A message of inbound parse as it came, or, where SendGrid took it apart, as one whose words are the same; for the channel to
/// read. Nothing when it is neither.
std::optional<std::string> rawOf(const Fields& fields);

}  // namespace overture::sendgrid
