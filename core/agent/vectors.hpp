#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "agent/parts.hpp"
#include "playbook/knowledge.hpp"

namespace overture::agent {

class Purse;

/// What stands for the passages of one knowledge: their headings and texts, in its order.
struct EmbeddedTexts {
    explicit EmbeddedTexts(const std::vector<playbook::Passage>& passages);
    std::vector<std::string> texts, digests;
    std::string digest;  ///< of all of them
};

/// Which passages of a playbook's knowledge are near a question, by vectors. Any thread.
class Vectors {
public:
    virtual ~Vectors() = default;
    /// {"nearest": [numbers of passages, nearest first], "model", "cost_micros", "unpriced"?} or {"failed": why, …}: then words
    /// alone find them. Throws only when the database does.
    virtual Json ask(const OrganizationId& organization, const BindingId& binding,
                     const EmbeddedTexts& passages, const std::string& asked) = 0;
};

/// Through a binding of model.embed/1. A passage's vector is asked for once, with the first question that wants it, and kept in the
/// database by the digest of its text.
class StoredVectors final : public Vectors {
public:
    static constexpr std::size_t kMostPassages = 2000;
    static constexpr std::size_t kMostFound = 8;
    static constexpr double kLeastAlike =
        0.25;  ///< cosine: below, a passage has nothing to do with the question

    StoredVectors(store::Database& database, const Clock& clock, Instances& instances, Breakers& breakers,
                  milliseconds deadline = milliseconds(10000))
        : database_(database),
          clock_(clock),
          instances_(instances),
          breakers_(breakers),
          deadline_(deadline) {}
    Json ask(const OrganizationId& organization, const BindingId& binding, const EmbeddedTexts& passages,
             const std::string& asked) override;

private:
    using Vector = std::vector<float>;
    /// Those of one knowledge and model, in the order of its passages. Once filled it does not change.
    struct Kept {
        std::mutex filling;
        std::vector<Vector> all;
    };
    struct Calls;
    void fill(Kept& kept, const OrganizationId& organization, const std::string& model,
              const EmbeddedTexts& passages, Calls& calls);

    store::Database& database_;
    const Clock& clock_;
    Instances& instances_;
    Breakers& breakers_;
    milliseconds deadline_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Kept>> kept_;
};

}  // namespace overture::agent
