#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/json.hpp"
#include "compliance/evidence.hpp"

namespace overture::compliance {

enum class ConsentLevel { none, express, expressWritten };

/// A register of people who asked not to be called, and what our copy of it says of this address.
struct RegistryState {
    std::optional<int> ageDays;  ///< of our copy; absent: never fetched
    bool listed = false;
    /// "us-dnc", as rule packs name it; empty: the one that a rule asks for, whichever that is
    std::string name{};
    std::string date{};               ///< of our copy, "2026-03-01"; empty when not known
    std::string country{};            ///< alpha-2; empty: of no one country
    std::optional<int> maxAgeDays{};  ///< the organization's own limit; a rule's stricter one stands
    bool asked =
        false;  ///< a plugin answers for it, number by number; without an age it has not answered for this one
};

/// A window an organization or campaign narrows things to; never widens. `attemptsPerDay` is of marketing, in any 24 h.
struct OwnRules {
    std::optional<std::string> window{};  ///< "10:00-17:00"
    std::optional<std::string> days{};    ///< "Mon-Fri"
    std::optional<int> attemptsPerDay{};

    bool any() const { return window || days || attemptsPerDay; }
    Json toJson() const;  ///< {"window", "days", "attempts_per_day"}, those that are set
    /// As toJson() wrote it. Nothing sensible there leaves a rule that decide() cannot read, and so refuses by.
    static OwnRules fromJson(const Json& document);
};

struct ContactRequest {
    std::string channel;                ///< "sms", "whatsapp", "email", "voice"
    std::string address;                ///< E.164 or email
    std::string purpose = "marketing";  ///< "marketing", "reply", "service", "opt_out_confirmation"
    Instant at;
    PlaceEvidence place;
    ConsentLevel consent = ConsentLevel::none;
    std::vector<RegistryState> registries;  ///< every one that the organization keeps
    bool suppressed = false;
    /// When they opted out; lets one "opt_out_confirmation" through within 5 minutes of it.
    std::optional<Instant> suppressedAt;
    std::vector<Instant> attempts;  ///< earlier attempts to reach this person, any channel
    OwnRules own{};                 ///< the organization's, as its records have them

    Json toJson() const;
    static ContactRequest fromJson(const Json& document);  ///< as toJson() wrote it
};

/// The recorded leave to make one contact on one channel within one minute. Only Gate makes one.
class Permit {
public:
    const PermitId& id() const { return id_; }
    const ContactRequest& request() const { return request_; }
    /// The minute it is good for: [minute, minute + 60 s).
    Instant minute() const { return minute_; }
    bool covers(Instant at) const { return at >= minute_ && at < minute_ + std::chrono::minutes(1); }
    const Places& places() const { return places_; }
    /// Rules that were asked and allowed it, with their sources, duties that come with it, zones, jurisdictions, evidence,
    /// the rule packs' version: {rules: [{id, source}], duties: [{id, duty, source}], zones, jurisdictions, by, evidence,
    /// request, packs, minute}. Any thread.
    const Json& document() const;

private:
    friend class Gate;
    struct Grounds;  // the rules that were asked; the document is made of them when somebody reads it
    Permit(ContactRequest request, Places places, std::shared_ptr<Grounds> grounds);
    PermitId id_;
    ContactRequest request_;
    Instant minute_;
    Places places_;
    std::shared_ptr<Grounds> grounds_;
};

struct NotBefore {
    Instant at;  ///< the earliest instant at which every rule allows it
    std::string rule, source;
    Places places;
    bool holiday = false;  ///< the rule closes that local day altogether, by a calendar it names
};

struct Refused {
    std::string rule, reason, source;
    Places places;
    std::string
        registry{};  ///< which has not answered for this number, or too long ago: ask its plugin, then the gate again
};

using Verdict = std::variant<Permit, NotBefore, Refused>;

/// Something that a contact must contain or do: "say_ai", "announce_ai_voice", "recording_notice", "identify_caller", ….
struct Duty {
    std::string id, duty, source, about;
};

/// Pure: the same request gives the same verdict. Any thread. Fails closed: unknown zone, unreadable number,
/// consent missing where a rule wants it, stale registry → Refused.
class Gate {
public:
    /// The rule packs of `directory`, else of OVERTURE_RULES, else those compiled in. Throws Error with file and place.
    explicit Gate(const std::string& directory = {});
    ~Gate();
    /// The request's own rules bind, and `own` besides. Throws Error when `own` cannot be read; an unknown channel or purpose is
    /// refused, and so is everything under an organization's rules that cannot be read.
    Verdict decide(const ContactRequest& request, const OwnRules& own = {}) const;
    /// The earliest instant at or after `request.at` that would be allowed; nothing when none within 60 days or refused.
    std::optional<Instant> earliest(const ContactRequest& request, const OwnRules& own = {}) const;
    /// The duties of such a contact by the rules in force at `request.at`, of every place it may be in. Nothing for an unknown
    /// channel, purpose or place: there is no permit for those either.
    std::vector<Duty> duties(const ContactRequest& request) const;
    /// An organization may only tighten. Throws Error, with a sentence that says by how much, for a window that opens earlier or
    /// closes later than any rule does, or more attempts a day than the rule for everybody allows; and when it cannot be read.
    /// decide() takes what is narrower of the two all the same: this is for where rules are set.
    void requireTighter(const OwnRules& own) const;
    const std::string& version() const;  ///< of the rule packs, for records

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace overture::compliance
