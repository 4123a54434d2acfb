#include "tenant/vault.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <optional>
#include <tuple>
#include <vector>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "store/keeping.hpp"

namespace overture::tenant {
namespace vault_parts {

struct Keys {
    std::vector<std::string> sealing;  // the newest first
    std::vector<std::string> left;     // signing keys of forgotten ones
};

}  // namespace vault_parts

using vault_parts::Keys;

namespace {

constexpr std::size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kOverhead = kNonceBytes + crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kShortestSignature = 32;
constexpr std::string_view kSigned = "signed:";
constexpr const char* kVariable = "OVERTURE_SECRET_KEY";

const unsigned char* raw(const std::string& bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(std::string& bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

std::string keyFromHex(const std::string& hex, const std::string& where) {
    std::string key(kKeyBytes, '\0');
    std::size_t length = 0;
    if (sodium_hex2bin(raw(key), key.size(), hex.data(), hex.size(), nullptr, &length, nullptr) != 0 ||
        length != kKeyBytes || hex.size() != 2 * kKeyBytes)
        throw Error("this is not a key of 64 hexadecimal digits", where,
                    "Put back the key that the secrets were sealed with.");
    return key;
}

std::string digestOf(const std::string& text, const std::string& key) {
    std::string digest(crypto_generichash_BYTES, '\0');
    crypto_generichash(raw(digest), digest.size(), raw(text), text.size(), raw(key), key.size());
    return digest;
}

/// What signs for a key: it opens nothing.
std::string signingKeyOf(const std::string& key) {
    return digestOf("overture signs", key);
}

std::string newKey() {
    std::string key(kKeyBytes, '\0');
    randombytes_buf(key.data(), key.size());
    return key;
}

std::vector<std::string> signingKeysOf(const Keys& keys) {
    std::vector<std::string> all;
    for (const auto& key : keys.sealing) all.push_back(signingKeyOf(key));
    all.insert(all.end(), keys.left.begin(), keys.left.end());
    return all;
}

std::string linesOf(const Keys& keys) {
    std::string lines;
    for (const auto& key : keys.sealing) lines += toHex(key) + "\n";
    for (const auto& key : keys.left) lines += std::string(kSigned) + toHex(key) + "\n";
    return lines;
}

Keys keysIn(const std::string& text, char between, const std::string& where) {
    Keys keys;
    for (const auto& part : split(text, between)) {
        const auto word = std::string(trim(part));
        if (word.empty()) continue;
        if (word.starts_with(kSigned))
            keys.left.push_back(keyFromHex(word.substr(kSigned.size()), where));
        else
            keys.sealing.push_back(keyFromHex(word, where));
    }
    if (keys.sealing.empty()) keyFromHex("", where);
    return keys;
}

[[noreturn]] void cannotWrite(const std::string& path) {
    throw Error(std::string("cannot write the key file: ") + std::strerror(errno), path,
                std::string("Make the folder writable, or set ") + kVariable + ".");
}

/// A name that stands in its folder stays there, whatever happens to the machine.
void keepName(const std::string& path) {
    const int folder =
        ::open(std::filesystem::path(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool kept = folder >= 0 && ::fsync(folder) == 0;
    if (folder >= 0) ::close(folder);
    if (!kept) cannotWrite(path);
}

/// A file that only its owner reads, where none is, with what `text` says once it is there; false when there is one.
template <typename Text>
bool makeFile(const std::string& path, const Text& text) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST) return false;
    if (file < 0) cannotWrite(path);
    try {
        const std::string lines = text();
        if (::write(file, lines.data(), lines.size()) != static_cast<ssize_t>(lines.size()) ||
            ::fsync(file) != 0)
            cannotWrite(path);
    } catch (...) {
        ::close(file);
        ::unlink(path.c_str());
        throw;
    }
    ::close(file);
    return true;
}

std::string sealedBy(const std::string& key, const std::string& plain, const std::string& owner) {
    std::string sealed(kOverhead + plain.size(), '\0');
    randombytes_buf(sealed.data(), kNonceBytes);
    unsigned long long length = 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt(raw(sealed) + kNonceBytes, &length, raw(plain), plain.size(),
                                               raw(owner), owner.size(), nullptr, raw(sealed), raw(key));
    return sealed;
}

std::optional<std::string> plainOf(const std::string& sealed, const std::string& owner,
                                   const std::string& key) {
    if (sealed.size() < kOverhead) return std::nullopt;
    std::string plain(sealed.size() - kOverhead, '\0');
    unsigned long long length = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(raw(plain), &length, nullptr, raw(sealed) + kNonceBytes,
                                                   sealed.size() - kNonceBytes, raw(owner), owner.size(),
                                                   raw(sealed), raw(key)) != 0)
        return std::nullopt;
    return plain;
}

std::optional<Secrets> opened(const std::string& sealed, const std::string& owner, const std::string& key) {
    const auto plain = plainOf(sealed, owner, key);
    if (!plain) return std::nullopt;
    return parseJson(*plain, "sealed secrets").orThrow().get<Secrets>();
}

constexpr std::size_t kKeyName = 8;

/// "sealed:1:0f3a…:": how texts begin that this key has sealed.
std::string markOf(const std::string& key) {
    return std::string(store::kSealedMark) + toHex(digestOf("overture names", key)).substr(0, kKeyName) + ":";
}

/// What secrets are bound to is an id; a text is bound to that and to being one.
std::string ownerOfText(const Uuid& owner) {
    return owner.text() + " text";
}

}  // namespace

/// The keys, and the file they stand in.
class Vault::Ring {
public:
    explicit Ring(Keys keys) : keys_(std::move(keys)) {}
    explicit Ring(const std::string& path) : path_(path) { lookAgain(); }

    Keys keys() const {
        const std::scoped_lock lock(mutex_);
        return keys_;
    }

    /// Whether the file has changed since it was read; then it is read.
    bool lookAgain() {
        if (path_.empty()) return false;
        const std::scoped_lock lock(mutex_);
        struct stat found {};
        if (::stat(path_.c_str(), &found) != 0 && seen_) return false;
        const Seen now{found.st_ino, found.st_mtim.tv_sec, found.st_mtim.tv_nsec};
        if (seen_ == now) return false;
        keys_ = keysIn(readFile(path_), '\n', path_);
        seen_ = now;
        return true;
    }

    template <typename Change>
    void rewrite(const Change& change) {
        if (path_.empty())
            throw Error("the keys stand in no file that could be changed", kVariable,
                        "Set it for every engine to the new key, a comma, and what it was; restart them; "
                        "then `overture "
                        "secret reseal`.");
        const auto beside = path_ + ".new";
        // While it is there nobody else changes the keys: what they are is read after it was made.
        const bool made = makeFile(beside, [&] {
            lookAgain();
            auto changed = keys();
            change(changed);
            return linesOf(changed);
        });
        if (!made)
            throw Error("somebody else is changing the keys", beside,
                        "Wait until they are done; remove the file when nobody is.");
        if (::rename(beside.c_str(), path_.c_str()) != 0) cannotWrite(path_);
        keepName(path_);
        lookAgain();
    }

private:
    using Seen = std::tuple<ino_t, time_t, long>;
    const std::string path_;
    mutable std::mutex mutex_;
    Keys keys_;
    std::optional<Seen> seen_;
};

Vault::Vault(std::shared_ptr<Ring> ring) : ring_(std::move(ring)) {}

Vault::Vault(std::string key) : ring_(std::make_shared<Ring>(Keys{{std::move(key)}, {}})) {}

Vault Vault::open(const std::string& directory) {
    if (const char* words = std::getenv(kVariable))
        return Vault(std::make_shared<Ring>(keysIn(words, ',', kVariable)));
    std::error_code ignored;
    std::filesystem::create_directories(directory, ignored);
    const auto path = directory + "/secret.key";
    if (!std::filesystem::exists(path)) {
        makeFile(path, [] { return toHex(newKey()) + "\n"; });
        keepName(path);
    }
    return Vault(std::make_shared<Ring>(path));
}

std::string Vault::seal(const Secrets& secrets, const Uuid& owner) const {
    ring_->lookAgain();
    const auto key = ring_->keys().sealing.front();
    return sealedBy(key, toText(Json(secrets)), owner.text());
}

std::string Vault::sealText(const std::string& text, const Uuid& owner) const {
    ring_->lookAgain();
    const auto key = ring_->keys().sealing.front();
    return markOf(key) + toBase64(sealedBy(key, text, ownerOfText(owner)));
}

std::optional<std::string> Vault::unsealText(const std::string& sealed, const Uuid& owner) const {
    const auto length = store::kSealedMark.size() + kKeyName + 1;
    if (!sealed.starts_with(store::kSealedMark) || sealed.size() <= length || sealed[length - 1] != ':')
        return std::nullopt;
    const auto bytes = fromBase64(std::string_view(sealed).substr(length));
    if (bytes.size() < kOverhead) return std::nullopt;
    do
        for (const auto& key : ring_->keys().sealing)
            if (sealed.starts_with(markOf(key))) return plainOf(bytes, ownerOfText(owner), key);
    while (ring_->lookAgain());
    throw Error("a text was sealed with a key that is not here", owner.text(),
                "Put back the key they were sealed with, behind the others.");
}

bool Vault::isNewestText(const std::string& sealed, const Uuid& owner) const {
    return sealed.starts_with(markOf(ring_->keys().sealing.front())) && unsealText(sealed, owner).has_value();
}

Secrets Vault::unseal(const std::string& sealed, const Uuid& owner) const {
    const auto name = owner.text();
    do
        for (const auto& key : ring_->keys().sealing)
            if (auto secrets = opened(sealed, name, key)) return std::move(*secrets);
    while (ring_->lookAgain());
    throw Error("its secrets do not open with this key", name,
                "Put back the key they were sealed with, or save the secrets again.");
}

bool Vault::isNewest(const std::string& sealed, const Uuid& owner) const {
    return opened(sealed, owner.text(), ring_->keys().sealing.front()).has_value();
}

std::string Vault::sign(std::string_view purpose, std::string_view text) const {
    ring_->lookAgain();
    return toHex(digestOf(std::string(purpose) + std::string(1, '\0') + std::string(text),
                          signingKeyOf(ring_->keys().sealing.front())));
}

/// Digests are compared, so that time tells nothing.
bool Vault::isSigned(std::string_view purpose, std::string_view text, std::string_view signature) const {
    const auto whole = std::string(purpose) + std::string(1, '\0') + std::string(text);
    const auto given = sha256(std::string(signature));
    if (signature.size() < kShortestSignature) return false;
    do
        for (const auto& key : signingKeysOf(ring_->keys()))
            if (given == sha256(toHex(digestOf(whole, key)).substr(0, signature.size()))) return true;
    while (ring_->lookAgain());
    return false;
}

void Vault::addKey() {
    ring_->rewrite([](Keys& keys) { keys.sealing.insert(keys.sealing.begin(), newKey()); });
}

void Vault::prepareKey() {
    ring_->rewrite([](Keys& keys) { keys.sealing.push_back(newKey()); });
}

void Vault::sealWithPreparedKey() {
    ring_->rewrite([](Keys& keys) {
        if (keys.sealing.size() < 2)
            throw Error("no key was prepared", "the vault's keys",
                        "`overture secret prepare` makes one; copy the file then.");
        std::rotate(keys.sealing.begin(), keys.sealing.end() - 1, keys.sealing.end());
    });
}

void Vault::forgetOldKeys() {
    ring_->rewrite([](Keys& keys) {
        for (auto key = keys.sealing.begin() + 1; key != keys.sealing.end(); ++key)
            keys.left.push_back(signingKeyOf(*key));
        keys.sealing.resize(1);
    });
}

}  // namespace overture::tenant
