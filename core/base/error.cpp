#include "base/error.hpp"

namespace overture {

std::string Problem::sentence() const {
    std::string text = where.empty() ? what : where + ": " + what;
    if (!remedy.empty()) {
        if (!text.empty() && text.back() != '.') text += '.';
        text += ' ';
        text += remedy;
    }
    return text;
}

Error::Error(Problem problem) : std::runtime_error(problem.sentence()), problem_(std::move(problem)) {}

Error::Error(std::string what, std::string where, std::string remedy)
    : Error(Problem{std::move(what), std::move(where), std::move(remedy)}) {}

}  // namespace overture
