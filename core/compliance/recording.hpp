#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace overture::compliance {

/// Whether these words of a call say that the person does not want to be recorded: the phrase that decided, or nothing. By the
/// phrases of data/recording.txt, in every language that it has. Pure, any thread, some microseconds.
std::optional<std::string> refusesRecording(std::string_view text);

}  // namespace overture::compliance
