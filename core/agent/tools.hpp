#pragma once

#include <string>

#include "agent/parts.hpp"

namespace overture::agent {

/// What a playbook's functions may ask outside systems, by capability. Any thread.
class Tools {
public:
    virtual ~Tools() = default;
    /// {"ok": true, "answer": {…}} or {"ok": false, "why"}. `key` names the question: it is the same when it is put again after a
    /// crash, and never that of another message's.
    virtual Json ask(const turn::Opened& opened, const std::string& capability, const Json& arguments,
                     const std::string& key) = 0;
};

/// By the binding that stands in the campaign's bindings under the capability; of its organization, whatever id stands there.
class BoundTools final : public Tools {
public:
    static constexpr auto kDeadline = milliseconds(5000);
    static constexpr std::size_t kLongestAnswer = std::size_t{16} << 10;  ///< as JSON
    static constexpr int kDeepestAnswer = 16;

    BoundTools(Instances& instances, Breakers& breakers, milliseconds deadline = kDeadline)
        : instances_(instances), breakers_(breakers), deadline_(deadline) {}
    Json ask(const turn::Opened& opened, const std::string& capability, const Json& arguments,
             const std::string& key) override;

private:
    Instances& instances_;
    Breakers& breakers_;
    milliseconds deadline_;
};

/// {"ok": false, "why"}
Json noToolAnswer(const std::string& why);

}  // namespace overture::agent
