#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"

namespace overture::playbook {

/// What {lead.x}, {settings.x}, {facts.x} and {persona.x} in a text stand for. Refers to objects that must outlive it.
class Scope {
public:
    /// The first step of a path and the object it leads into.
    void refer(std::string name, const Json& object) { referred_.emplace_back(std::move(name), &object); }
    /// Stands for this path instead of what is there.
    void set(std::string path, Json value) { own_.emplace_back(std::move(path), std::move(value)); }
    const Json* find(const std::string& path) const;  ///< nullptr when nothing is known for it

private:
    std::vector<std::pair<std::string, const Json*>> referred_;
    std::vector<std::pair<std::string, Json>> own_;
};

/// Puts a scope's values into a text. An unknown or empty placeholder is a Problem.
Result<std::string> render(const std::string& text, const Scope& scope);

}  // namespace overture::playbook
