// Who of a list is the same person as somebody else, in the list or here already.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "turn/types.hpp"

namespace overture::campaign {

/// One person of the import: new, or here already.
struct Person {
    turn::Lead lead;
    int line = 0;  ///< of the row that made it; 0 for one that was here already
    bool known = false, inCampaign = false, changed = false;
};

/// Everybody by each key that makes two rows the same person.
class People {
public:
    std::vector<Person> all;

    void add(Person person) {
        const auto index = all.size();
        all.push_back(std::move(person));
        claim(index);
    }

    /// The person this lead is, and by which key.
    std::optional<std::pair<std::size_t, const char*>> find(const turn::Lead& lead) const {
        if (const auto found = at(byExternalId_, lead.externalId)) return std::pair(*found, "id");
        if (const auto found = at(byPhone_, lead.phone)) return std::pair(*found, "phone number");
        if (const auto found = at(byEmail_, lead.email)) return std::pair(*found, "e-mail address");
        return std::nullopt;
    }

    /// Fills what person `index` lacks; a key that is somebody else's stays theirs.
    void merge(std::size_t index, const turn::Lead& from) {
        auto& person = all[index];
        auto& into = person.lead;
        const auto fill = [&](std::string& field, const std::string& value) {
            if (!field.empty() || value.empty()) return;
            field = value;
            person.changed = true;
        };
        if (!at(byExternalId_, from.externalId)) fill(into.externalId, from.externalId);
        if (!at(byPhone_, from.phone)) fill(into.phone, from.phone);
        if (!at(byEmail_, from.email)) fill(into.email, from.email);
        if (into.firstName.empty() && into.lastName.empty()) {
            fill(into.lastName, from.lastName);
            fill(into.firstName, from.firstName);
        }
        fill(into.country, from.country);
        fill(into.state, from.state);
        fill(into.postalCode, from.postalCode);
        fill(into.zone, from.zone);
        fill(into.language, from.language);
        fill(into.company, from.company);
        fill(into.title, from.title);
        if (!into.custom.is_object()) into.custom = Json::object();
        for (const auto& [key, value] : from.custom.items())
            person.changed |= into.custom.emplace(key, value).second;
        claim(index);
    }

private:
    using Index = std::unordered_map<std::string, std::size_t>;

    static std::optional<std::size_t> at(const Index& index, const std::string& key) {
        const auto found = key.empty() ? index.end() : index.find(key);
        return found == index.end() ? std::nullopt : std::optional(found->second);
    }
    void claim(std::size_t index) {
        const auto& lead = all[index].lead;
        if (!lead.externalId.empty()) byExternalId_.emplace(lead.externalId, index);
        if (!lead.phone.empty()) byPhone_.emplace(lead.phone, index);
        if (!lead.email.empty()) byEmail_.emplace(lead.email, index);
    }

    Index byExternalId_, byPhone_, byEmail_;
};

}  // namespace overture::campaign
