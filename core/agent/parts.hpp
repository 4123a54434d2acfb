#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "agent/diary.hpp"
#include "agent/speaker.hpp"
#include "compliance/gate.hpp"
#include "playbook/definition.hpp"
#include "plugin/host.hpp"
#include "store/database.hpp"
#include "tenant/budgets.hpp"
#include "turn/types.hpp"

namespace overture::agent {

class Breakers;
class Registers;
class Tools;
class Treasury;
class Vectors;

/// A published playbook version, checked and ready.
struct Loaded {
    playbook::Files files;
    std::shared_ptr<const playbook::Definition> definition;
};

/// Where playbook versions come from. Any thread.
class Library {
public:
    virtual ~Library() = default;
    /// Throws Error when the version is not there or no longer passes its check.
    virtual std::shared_ptr<const Loaded> version(const OrganizationId& organization,
                                                  const std::string& version) = 0;
};

/// Versions in PostgreSQL, by organization and hash, read once and kept: they never change.
class StoredLibrary final : public Library {
public:
    explicit StoredLibrary(store::Database& database) : database_(database) {}
    std::shared_ptr<const Loaded> version(const OrganizationId& organization,
                                          const std::string& version) override;

private:
    store::Database& database_;
    std::mutex mutex_;
    std::map<std::pair<OrganizationId, std::string>, std::shared_ptr<const Loaded>> kept_;
};

/// Where an organization's plugins come from: the instance of a binding, opened once. Any thread.
class Instances {
public:
    virtual ~Instances() = default;
    /// Throws Error when the binding is unknown or its plugin will not open.
    virtual std::shared_ptr<plugin::Instance> of(const OrganizationId& organization,
                                                 const BindingId& binding) = 0;
    /// The channel plugin ("sms") as this program loaded it; channels have no settings of their own yet.
    virtual std::shared_ptr<plugin::Instance> channel(const std::string& channel) = 0;
};

/// When the next touch of a conversation goes out, at or after `from`; nothing: never. The campaign room's pacing.
using Pacer = std::function<std::optional<Instant>(const turn::Opened& opened, const playbook::Touch& touch,
                                                   Instant from)>;

/// What the handler is made of. All of it outlives the handler.
struct Parts {
    Diary& diary;
    const compliance::Gate& gate;
    Library& library;
    Instances& instances;
    Pacer pace;
    milliseconds modelDeadline{20000};     ///< of a model; its organization may set a shorter one
    tenant::Policies* policies = nullptr;  ///< none: only the campaign's own model
    Treasury* treasury = nullptr;          ///< none: no budgets; where no model is really called
    Breakers* breakers = nullptr;          ///< none: a model is asked however often it has failed
    bool prompts = true;                   ///< false: no model here reads a prompt (see Models)
    /// The version that is to decide the conversation's turns once more after their commit, "" for none; none: nobody asks.
    std::function<std::string(const turn::Opened& opened)> shadow = {};
    /// Where the receiver of a delivery says in one click that they want no more; none: there is no such address.
    std::function<std::string(const OrganizationId& organization, const DeliveryId& delivery)>
        unsubscribeUrl = {};
    Registers* registers = nullptr;  ///< none: a registry that a plugin answers for never answers
    Tools* tools = nullptr;          ///< none: what a playbook's functions ask is answered with why not
    Vectors* vectors = nullptr;      ///< none: knowledge is searched by words alone
    /// The live call of the conversation, where this turn's reply is spoken; nothing when there is no call here. None: no calls.
    std::function<std::shared_ptr<Speaker>(const turn::Opened& opened)> speaker = {};
};

}  // namespace overture::agent
