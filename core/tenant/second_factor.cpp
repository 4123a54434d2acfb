#include "tenant/second_factor.hpp"

#include <Poco/HMACEngine.h>
#include <Poco/SHA1Engine.h>
#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "queries/tenant.hpp"

namespace overture::tenant {
namespace {

constexpr std::size_t kSecretBytes = 20;
constexpr seconds kStep{30};
constexpr int kDigits = 6;
constexpr std::int64_t kDrift = 1;  // steps that a person's clock may be off
constexpr int kRecoveryCodes = 10;
constexpr std::size_t kRecoveryBytes = 10;

std::string hashOf(const std::string& recoveryCode) {
    return toHex(sha256(replaceAll(lowerAscii(trim(recoveryCode)), "-", "")));
}

std::string randomBytes(std::size_t count) {
    std::string bytes(count, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    return bytes;
}

}  // namespace

std::int64_t stepAt(Instant now) {
    return std::chrono::floor<seconds>(now).time_since_epoch().count() / kStep.count();
}

std::string codeOf(const std::string& secret, std::int64_t step) {
    std::array<char, 8> counter{};
    for (int i = 0; i < 8; ++i)
        counter[i] = static_cast<char>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
    Poco::HMACEngine<Poco::SHA1Engine> engine(secret.data(), secret.size());
    engine.update(counter.data(), counter.size());
    const auto digest = engine.digest();
    const std::size_t at = digest.back() & 0x0fU;
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = (number << 8U) | digest[at + i];
    auto text = std::to_string((number & 0x7fffffffU) % 1000000);
    return std::string(kDigits - text.size(), '0') + text;
}

std::string toBase32(std::string_view bytes) {
    static constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string text;
    std::uint32_t bits = 0;
    int held = 0;
    for (const char byte : bytes) {
        bits = (bits << 8U) | static_cast<std::uint8_t>(byte);
        for (held += 8; held >= 5; held -= 5) text += letters[(bits >> (held - 5)) & 31U];
    }
    if (held > 0) text += letters[(bits << (5 - held)) & 31U];
    return text;
}

bool SecondFactor::wanted() const {
    const auto rows = tx_.run(sql::tenant::second_factor, {organization_, user_});
    return !rows.empty() && !rows[0].isNull("second_factor_at");
}

std::optional<std::string> SecondFactor::begin(const Vault& vault) {
    if (wanted()) return std::nullopt;
    auto secret = randomBytes(kSecretBytes);
    tx_.run(sql::tenant::save_second_factor,
            {organization_, user_, store::Param::bytes(vault.seal({{"secret", toBase64(secret)}}, user_))});
    return secret;
}

bool SecondFactor::accept(const Vault& vault, const std::string& code, Instant now) {
    const auto rows = tx_.run(sql::tenant::second_factor, {organization_, user_});
    if (rows.empty() || rows[0].isNull("second_factor") || code.size() != kDigits) return false;
    const auto secret = fromBase64(vault.unseal(rows[0].bytes("second_factor"), user_).at("secret"));
    const auto current = stepAt(now);
    for (auto step = current - kDrift; step <= current + kDrift; ++step)
        if (sodium_memcmp(codeOf(secret, step).data(), code.data(), kDigits) == 0 &&
            tx_.run(sql::tenant::use_step, {organization_, user_, step, now}).affected() > 0)
            return true;
    return false;
}

bool SecondFactor::acceptRecovery(const std::string& code, Instant now) {
    return tx_.run(sql::tenant::use_recovery_code, {organization_, user_, hashOf(code), now}).affected() > 0;
}

std::vector<std::string> SecondFactor::newRecoveryCodes() {
    std::vector<std::string> codes, hashes;
    for (int i = 0; i < kRecoveryCodes; ++i) {
        auto code = lowerAscii(toBase32(randomBytes(kRecoveryBytes)));
        for (const std::size_t at : {12, 8, 4}) code.insert(at, "-");
        hashes.push_back(hashOf(code));
        codes.push_back(std::move(code));
    }
    tx_.queue(sql::tenant::forget_recovery_codes, {organization_, user_});
    tx_.run(sql::tenant::insert_recovery_codes, {organization_, user_, store::Param::array(hashes)});
    return codes;
}

void SecondFactor::remove() {
    tx_.queue(sql::tenant::forget_recovery_codes, {organization_, user_});
    tx_.run(sql::tenant::save_second_factor, {organization_, user_, nullptr});
}

}  // namespace overture::tenant
