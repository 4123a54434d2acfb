// Inside tenant: secrets sealed at rest.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"

namespace overture::tenant {

using Secrets = std::map<std::string, std::string>;

/// Seals secrets with the installation's newest key (libsodium, XChaCha20-Poly1305). Keys before it still open what they sealed.
/// Copies share their keys. Any thread.
class Vault {
public:
    /// Keys of 64 hex digits, the newest first: OVERTURE_SECRET_KEY, with commas between them; else the lines of
    /// `directory`/secret.key, made there (mode 0600) when there is none, and read again when the file has changed. A line that
    /// begins with "signed:" is what is left of a key that was forgotten: it proves what that key has signed and opens
    /// nothing. Throws Error naming what is wrong.
    static Vault open(const std::string& directory);
    explicit Vault(std::string key);  ///< 32 bytes

    /// Bound to `owner` (a binding, a person, …): a sealed text copied to another one does not open.
    template <typename Tag>
    std::string seal(const Secrets& secrets, const Id<Tag>& owner) const {
        return seal(secrets, owner.uuid);
    }
    std::string seal(const Secrets& secrets, const Uuid& owner) const;
    /// Throws Error when none of the keys sealed it, or it was changed.
    template <typename Tag>
    Secrets unseal(const std::string& sealed, const Id<Tag>& owner) const {
        return unseal(sealed, owner.uuid);
    }
    Secrets unseal(const std::string& sealed, const Uuid& owner) const;
    /// Whether the newest key sealed it.
    bool isNewest(const std::string& sealed, const Uuid& owner) const;

    /// A text in a column of texts: "sealed:1:KEY:…", bound to `owner` likewise; KEY names the key and tells nothing of it.
    std::string sealText(const std::string& text, const Uuid& owner) const;
    /// Nothing when nobody here sealed it. Throws Error when it names a key that is not here.
    std::optional<std::string> unsealText(const std::string& sealed, const Uuid& owner) const;
    bool isNewestText(const std::string& sealed, const Uuid& owner) const;

    /// Proves that this installation wrote `text` for that purpose (keyed BLAKE2b): 64 hex digits.
    std::string sign(std::string_view purpose, std::string_view text) const;
    /// Whether `signature` is the beginning of what one of the keys, or one before them, signed.
    bool isSigned(std::string_view purpose, std::string_view text, std::string_view signature) const;

    /// Puts a new key behind the others: it opens, and seals nothing yet, so that the file can be copied to other machines first. Throws
    /// Error as addKey().
    void prepareKey();
    /// Makes the key behind the others the newest one. Throws Error as addKey(), and when there is one key only.
    void sealWithPreparedKey();
    /// Makes a new key the newest one in its file. Throws Error when the keys stand in no file.
    void addKey();
    /// Leaves nothing of the keys before the newest but what they have signed. Throws Error as addKey().
    void forgetOldKeys();

private:
    class Ring;
    explicit Vault(std::shared_ptr<Ring> ring);
    std::shared_ptr<Ring> ring_;
};

}  // namespace overture::tenant
