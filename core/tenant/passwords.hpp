#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>

namespace overture::tenant {

/// What one hash costs (argon2id). As it stands: 64 MiB and about a twentieth of a second.
struct PasswordCost {
    unsigned long long passes = 2;
    std::size_t bytes = 64UL * 1024 * 1024;
};

/// More people than a machine can hash for are signing in at once: try again in a second.
struct TooManyAtOnce : std::runtime_error {
    TooManyAtOnce() : std::runtime_error("too many passwords are being checked at once") {}
};

/// Why this will not do as a password, as a sentence; nothing when it will.
std::optional<std::string> faultOf(const std::string& password, const std::string& email);

/// Hashes and compares passwords, so few at once that the engine's work goes on beside it. Any thread.
class Passwords {
public:
    /// `atOnce`: 0 is half of the machine's processors, at least one.
    explicit Passwords(PasswordCost cost = {}, int atOnce = 0, int waiting = 4);

    /// Throws TooManyAtOnce.
    std::string hash(const std::string& password);
    /// Takes as long when there is nothing to compare with (`hash` ""). Throws TooManyAtOnce.
    bool matches(const std::string& password, const std::string& hash);

private:
    class Place;

    const PasswordCost cost_;
    const int atOnce_, waiting_;
    std::mutex mutex_;
    std::condition_variable left_;
    int working_ = 0, inLine_ = 0;
    std::string nobodys_;  ///< what is compared with in place of no hash
};

}  // namespace overture::tenant
