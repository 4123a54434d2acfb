#pragma once

#include <functional>
#include <string>

#include "base/json.hpp"

namespace overture::cli {

/// Answers every line of `file` ("-" is standard input): one JSON object in, one out, in order, the question's "id" first
/// copied into the answer. A line that cannot be read or answered gives {"id", "error"} and the rest goes on.
/// Returns the exit status: 0, or 1 when there was such a line. Throws Error when the file cannot be opened.
/// `answer` throws Error for what is wrong with one question.
int runBatch(const std::string& file, const std::function<Json(const Json&)>& answer);

/// A text, or a number as text; "" when absent or null. Throws Error for anything else.
std::string questionText(const Json& question, const char* key);
/// The same; throws Error when it is absent or empty.
std::string neededText(const Json& question, const char* key);

}  // namespace overture::cli
