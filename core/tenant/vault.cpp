#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "tenant/tenants.hpp"

namespace overture::tenant {
namespace {

constexpr std::size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;

const unsigned char* raw(const std::string& bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(std::string& bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

std::string keyFromHex(std::string_view hex, const std::string& where) {
    std::string key(kKeyBytes, '\0');
    std::size_t length = 0;
    const auto text = std::string(trim(hex));
    if (sodium_hex2bin(raw(key), key.size(), text.data(), text.size(), nullptr, &length, nullptr) != 0 ||
        length != kKeyBytes || text.size() != 2 * kKeyBytes)
        throw Error("this is not a key of 64 hexadecimal digits", where,
                    "Put back the key that the secrets were sealed with.");
    return key;
}

/// Writes a new key where none is; when somebody was faster, theirs is read afterwards.
void makeKeyFile(const std::string& path) {
    std::string key(kKeyBytes, '\0');
    randombytes_buf(key.data(), key.size());
    const auto text = toHex(key) + "\n";
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST) return;
    if (file < 0 || ::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::fsync(file) != 0 || ::close(file) != 0)
        throw Error(std::string("cannot make the key file: ") + std::strerror(errno), path,
                    "Make the folder writable, or set OVERTURE_SECRET_KEY.");
}

}  // namespace

Vault Vault::open(const std::string& directory) {
    if (const char* hex = std::getenv("OVERTURE_SECRET_KEY"))
        return Vault(keyFromHex(hex, "OVERTURE_SECRET_KEY"));
    std::error_code ignored;
    std::filesystem::create_directories(directory, ignored);
    const auto path = directory + "/secret.key";
    if (!std::filesystem::exists(path)) makeKeyFile(path);
    return Vault(keyFromHex(readFile(path), path));
}

std::string Vault::seal(const Secrets& secrets, const Uuid& owner) const {
    const auto plain = toText(Json(secrets));
    const auto name = owner.text();
    std::string sealed(kNonceBytes + plain.size() + crypto_aead_xchacha20poly1305_ietf_ABYTES, '\0');
    randombytes_buf(sealed.data(), kNonceBytes);
    unsigned long long length = 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt(raw(sealed) + kNonceBytes, &length, raw(plain), plain.size(),
                                               raw(name), name.size(), nullptr, raw(sealed), raw(key_));
    return sealed;
}

Secrets Vault::unseal(const std::string& sealed, const Uuid& owner) const {
    const auto name = owner.text();
    constexpr auto overhead = kNonceBytes + crypto_aead_xchacha20poly1305_ietf_ABYTES;
    std::string plain(sealed.size() > overhead ? sealed.size() - overhead : 0, '\0');
    unsigned long long length = 0;
    if (sealed.size() <= overhead ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(raw(plain), &length, nullptr, raw(sealed) + kNonceBytes,
                                                   sealed.size() - kNonceBytes, raw(name), name.size(),
                                                   raw(sealed), raw(key_)) != 0)
        throw Error("its secrets do not open with this key", name,
                    "Put back the key they were sealed with, or save the secrets again.");
    return parseJson(plain, "sealed secrets").orThrow().get<Secrets>();
}

std::string Vault::sign(std::string_view purpose, std::string_view text) const {
    const auto whole = std::string(purpose) + std::string(1, '\0') + std::string(text);
    std::string digest(crypto_generichash_BYTES, '\0');
    crypto_generichash(raw(digest), digest.size(), raw(whole), whole.size(), raw(key_), key_.size());
    return toHex(digest);
}

}  // namespace overture::tenant
