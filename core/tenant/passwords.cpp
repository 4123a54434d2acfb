#include "tenant/passwords.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <new>
#include <thread>

#include "base/text.hpp"

namespace overture::tenant {
namespace {

constexpr std::size_t kShortest = 10, kLongest = 200;

int halfOfTheProcessors() {
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()) / 2);
}

std::size_t charactersIn(const std::string& text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xc0U) != 0x80; }));
}

}  // namespace

std::optional<std::string> faultOf(const std::string& password, const std::string& email) {
    if (charactersIn(password) < kShortest)
        return "A password has at least " + std::to_string(kShortest) + " characters.";
    if (password.size() > kLongest) return "A password has at most " + std::to_string(kLongest) + " bytes.";
    if (lowerAscii(password) == email) return "A password is not the person's own address.";
    if (password.find_first_not_of(password[0]) == std::string::npos)
        return "A password is not one character again and again.";
    return std::nullopt;
}

/// Held while one hash is made.
class Passwords::Place {
public:
    explicit Place(Passwords& owner) : owner_(owner) {
        std::unique_lock lock(owner_.mutex_);
        if (owner_.working_ >= owner_.atOnce_ && owner_.inLine_ >= owner_.waiting_) throw TooManyAtOnce();
        ++owner_.inLine_;
        owner_.left_.wait(lock, [&] { return owner_.working_ < owner_.atOnce_; });
        --owner_.inLine_;
        ++owner_.working_;
    }
    ~Place() {
        {
            const std::lock_guard lock(owner_.mutex_);
            --owner_.working_;
        }
        owner_.left_.notify_one();
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

private:
    Passwords& owner_;
};

Passwords::Passwords(PasswordCost cost, int atOnce, int waiting)
    : cost_(cost), atOnce_(atOnce > 0 ? atOnce : halfOfTheProcessors()), waiting_(waiting) {
    std::string random(32, '\0');
    randombytes_buf(random.data(), random.size());
    nobodys_ = hash(random);
}

std::string Passwords::hash(const std::string& password) {
    const Place place(*this);
    std::array<char, crypto_pwhash_STRBYTES> text{};
    if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), cost_.passes, cost_.bytes,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        throw std::bad_alloc();
    return text.data();
}

bool Passwords::matches(const std::string& password, const std::string& hash) {
    const Place place(*this);
    const auto& with = hash.empty() ? nobodys_ : hash;
    const bool same = crypto_pwhash_str_verify(with.c_str(), password.data(), password.size()) == 0;
    return same && !hash.empty();
}

}  // namespace overture::tenant
