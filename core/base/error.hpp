// Room base: what every other room stands on: errors, ids, time, text, JSON, money, log lines.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace overture {

/// One clear sentence for a person: what is wrong, where, and what to do about it.
struct Problem {
    std::string what;
    std::string where;   ///< file:line, row, URL, setting name; empty when there is no place
    std::string remedy;  ///< what to do; empty when nothing can be done

    /// "where: what. remedy" with the empty parts left out.
    std::string sentence() const;
};

/// Thrown for what ends the work at hand (database away, file unreadable). An expected "no" is a Result.
class Error : public std::runtime_error {
public:
    explicit Error(Problem problem);
    explicit Error(std::string what, std::string where = {}, std::string remedy = {});
    const Problem& problem() const { return problem_; }

private:
    Problem problem_;
};

/// A value or the Problem that kept it from being one.
template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Problem problem) : state_(std::in_place_index<1>, std::move(problem)) {}

    explicit operator bool() const { return state_.index() == 0; }
    T& value() & { return std::get<0>(state_); }
    const T& value() const& { return std::get<0>(state_); }
    T&& value() && { return std::get<0>(std::move(state_)); }
    T* operator->() { return &std::get<0>(state_); }
    const T* operator->() const { return &std::get<0>(state_); }
    T& operator*() & { return std::get<0>(state_); }
    const T& operator*() const& { return std::get<0>(state_); }
    const Problem& problem() const { return std::get<1>(state_); }

    /// The value, or the problem thrown as an Error.
    T orThrow() && {
        if (!*this) throw Error(problem());
        return std::get<0>(std::move(state_));
    }

private:
    std::variant<T, Problem> state_;
};

}  // namespace overture
