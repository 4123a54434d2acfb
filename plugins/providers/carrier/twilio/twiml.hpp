// What Twilio is told to do with a call: TwiML.
#pragma once

#include <string>

#include "overture/plugin.hpp"
#include "settings.hpp"

namespace overture::twilio {

std::string escapedXml(std::string_view text);
/// Connects the call to our socket, as sound or as words; "" when `media` {url, token, language?} names none.
std::string connected(const Settings& settings, const sdk::Json& media, const std::string& callId);
/// Connects the person with this number; what came of it comes to the hook. With a summary who answers is told of it first: Twilio asks
/// the hook what (asksForTaker). "" when it is no number.
std::string dialled(const Settings& settings, const sdk::Json& transfer, const std::string& callId);
/// The language as Twilio writes it, with a country: `usual` where that is it, else the one most people mean.
std::string relayLanguage(std::string_view language, std::string_view usual);
/// Whether this query of the hook's is what dialled() wrote for whoever answers.
bool asksForTaker(std::string_view query);
std::string said(std::string_view text, std::string_view language);
std::string response(const std::string& verbs);

}  // namespace overture::twilio
