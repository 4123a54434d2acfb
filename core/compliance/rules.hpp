// Rule packs as data: rules/*.json read, checked and indexed by jurisdiction. Format: docs/compliance.md.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "compliance/gate.hpp"

namespace overture::compliance {

/// Times of one local day, as seconds since its midnight: [from, to).
struct OpenTime {
    seconds from{}, to{};
};

/// A day on which a rule closes.
struct Holiday {
    unsigned month = 0, day = 0;  ///< a fixed date, when both are set
    bool observed = false;        ///< on a weekend, the neighbouring working day closes too
    int nth = 0;                  ///< n-th `weekday` of `month`, -1 the last, then `plus` days
    unsigned weekday = 0;
    int plus = 0;
    std::optional<int> easter;  ///< days after Easter Sunday

    bool isOn(std::chrono::sys_days date) const;
};
using Calendar = std::vector<Holiday>;

struct Rule {
    enum class Kind { window, consent, registry, cap, duty } kind{};
    std::string id, source, about;
    std::uint8_t channels = 0, purposes = 0;  ///< bits of channelBit and purposeBit
    std::array<std::vector<OpenTime>, 7>
        open;  ///< window: by weekday, Sunday is 0, in order, not overlapping
    std::vector<std::shared_ptr<const Calendar>> closedOn;
    ConsentLevel level{};  ///< consent: the least; registry: the one that makes it needless
    std::string registry;  ///< registry: which one by its name; empty: one that is given without a name
    int maxAgeDays = 0;
    bool unknownRefuses = true;
    std::size_t attempts = 0;  ///< cap
    hours period{};
    std::string duty;
    std::optional<std::chrono::sys_days> fromDate;  ///< a duty that is not in force before

    bool isClosedDay(std::chrono::sys_days date) const;
};

struct RulePack {
    std::string name;
    std::vector<std::string> jurisdictions;
    std::vector<Rule> rules;
};

/// 0 for a word that is none. "whatsapp" is a text.
std::uint8_t channelBit(std::string_view channel);
std::uint8_t purposeBit(std::string_view purpose);
std::string_view nameOf(ConsentLevel level);
std::optional<ConsentLevel> consentLevelOf(std::string_view name);

/// "Mon-Fri", "Sat", "Mon,Wed-Fri" as bits, Sunday is bit 0; nothing when it is no such text.
std::optional<std::uint8_t> daysOf(std::string_view text);
/// "09:00-17:30".
std::optional<OpenTime> openTimeOf(std::string_view text);

class RulePacks {
public:
    /// Every *.json of `directory`, else of OVERTURE_RULES, else those compiled in. Throws Error with file and path of a mistake.
    static std::shared_ptr<const RulePacks> load(const std::string& directory);

    /// Rules of this jurisdiction in the packs' order; empty when no pack covers it.
    const std::vector<const Rule*>& of(std::string_view jurisdiction) const;
    const std::vector<std::unique_ptr<const RulePack>>& packs() const { return packs_; }
    /// The rule of this id in any pack, as the packs have it now; nullptr when there is none.
    const Rule* find(std::string_view id) const;
    /// The rule that asks this registry, and the first jurisdiction of its pack ("US"); {nullptr, ""} when none does.
    std::pair<const Rule*, std::string> registry(std::string_view name) const;
    /// The latest revision date and a digest of the bytes: "2026-01-15+0f3c…".
    const std::string& version() const { return version_; }

    /// The JSON Schema of a pack, or a file of calendars, as text. Packs of a directory are held to it before anything else.
    static std::string_view schema();

private:
    using Files = std::vector<std::pair<std::string, std::string>>;
    RulePacks(const Files& files, bool held);
    std::vector<std::unique_ptr<const RulePack>> packs_;
    std::map<std::string, std::vector<const Rule*>, std::less<>> byJurisdiction_;
    std::map<std::string, std::pair<const Rule*, std::string>, std::less<>> byRegistry_;
    std::string version_;
};

}  // namespace overture::compliance
