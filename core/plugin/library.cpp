#include "plugin/library.hpp"

#include <dlfcn.h>

#include <cstring>
#include <filesystem>

#include "base/log.hpp"
#include "base/text.hpp"
#include "plugin/capabilities.hpp"

namespace overture::plugin {
namespace {

constexpr const char* kSymbol = "overture_plugin_entry_v1";

std::string differs(const std::string& field, const std::string& theirs, const std::string& ours) {
    return "its " + field + " is " + theirs + ", " + ours;
}

std::string nameOfOutcome(overture_outcome_t outcome) {
    if (outcome < OVERTURE_OK || outcome > OVERTURE_INTERNAL) return "outcome " + std::to_string(outcome);
    return std::string(nameOf(static_cast<Outcome>(outcome)));
}

}  // namespace

overture_sink_t sinkFor(std::string& into) {
    return {&into, [](void* context, overture_text_t bytes) {
                if (bytes.size > 0) static_cast<std::string*>(context)->append(bytes.data, bytes.size);
            }};
}

Library::Library(Manifest manifest, const Services& services)
    : manifest_(std::move(manifest)), host_(services, manifest_.id, {}) {}

Library::~Library() {
    if (!opened_) return;
    if (const auto trouble = guarded([&] { entry_->close(); }); !trouble.empty())
        log::error("plugin", {{"plugin", manifest_.id}, {"line", "close: " + trouble}});
}

Result<std::shared_ptr<Library>> Library::load(const std::string& path, const Manifest& manifest,
                                               const Services& services) {
    std::shared_ptr<Library> library(new Library(manifest, services));
    if (auto trouble = library->find(path); !trouble.empty()) return Problem{trouble, "load", ""};
    if (auto trouble = library->judge(); !trouble.empty()) return Problem{trouble, "judge", ""};
    if (auto trouble = library->open(); !trouble.empty()) return Problem{trouble, "open", ""};
    if (auto trouble = library->takeTables(); !trouble.empty()) return Problem{trouble, "tables", ""};
    return library;
}

std::string Library::find(const std::string& path) {
    const auto file = std::filesystem::path(path).filename().string();
    if (!std::filesystem::exists(path)) return "there is no " + file + " beside plugin.json";
    void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle == nullptr) return file + " cannot be loaded: " + replaceAll(dlerror(), path + ": ", "");
    auto* symbol = dlsym(handle, kSymbol);
    if (symbol == nullptr) return file + " does not export " + kSymbol;
    const overture_entry_t* (*getEntry)(void) = nullptr;
    std::memcpy(&getEntry, &symbol, sizeof getEntry);
    const auto trouble = guarded([&] { entry_ = getEntry(); });
    if (!trouble.empty()) return std::string(kSymbol) + ": " + trouble;
    return entry_ == nullptr ? std::string(kSymbol) + " returned no table" : "";
}

std::string Library::judge() const {
    const auto& entry = *entry_;
    const auto number = [](auto value) { return std::to_string(value); };
    if (entry.magic != OVERTURE_MAGIC)
        return "its entry does not begin with the magic number of an Overture plugin";
    if (entry.size < sizeof(overture_entry_t))
        return differs("entry's size", number(entry.size) + " bytes",
                       "this engine needs " + number(sizeof(overture_entry_t)) +
                           "; build it again with this engine's SDK");
    if (entry.abi_major != OVERTURE_ABI_MAJOR)
        return differs(
            "abi_major", number(entry.abi_major),
            "this engine's is " + number(OVERTURE_ABI_MAJOR) + "; build it again with this engine's SDK");
    if (entry.abi_minor_needed > OVERTURE_ABI_MINOR)
        return differs("abi_minor_needed", number(entry.abi_minor_needed),
                       "this engine has " + number(OVERTURE_ABI_MINOR) + "; a newer engine is needed");
    if (entry.id == nullptr || manifest_.id != entry.id)
        return differs("library's id", entry.id == nullptr ? "absent" : "\"" + std::string(entry.id) + "\"",
                       "plugin.json says \"" + manifest_.id + "\"");
    if (entry.version == nullptr || manifest_.version != entry.version)
        return differs("library's version", entry.version == nullptr ? "absent" : std::string(entry.version),
                       "plugin.json says " + manifest_.version);
    if (entry.capabilities == nullptr) return "its entry has no list of capabilities";
    const std::pair<const char*, bool> slots[] = {
        {"open", entry.open != nullptr},     {"close", entry.close != nullptr},
        {"create", entry.create != nullptr}, {"get_capability", entry.get_capability != nullptr},
        {"offers", entry.offers != nullptr}, {"destroy", entry.destroy != nullptr}};
    for (const auto& [name, filled] : slots)
        if (!filled) return std::string("its entry has no function for ") + name;
    return {};
}

std::string Library::open() {
    std::string problem;
    const auto sink = sinkFor(problem);
    overture_outcome_t outcome = OVERTURE_INTERNAL;
    if (auto trouble = guarded([&] { outcome = entry_->open(host_.get(), &sink); }); !trouble.empty())
        return trouble;
    opened_ = outcome == OVERTURE_OK;
    if (opened_) return {};
    return "it answered " + nameOfOutcome(outcome) + (problem.empty() ? "" : ": " + toValidUtf8(problem));
}

std::string Library::takeTables() {
    for (const char* const* listed = entry_->capabilities; *listed != nullptr; ++listed) {
        const std::string capability = *listed;
        if (!manifest_.lists(capability))
            return "its library offers " + capability + ", which plugin.json does not list";
        const void* table = nullptr;
        if (auto trouble = guarded([&] { table = entry_->get_capability(capability.c_str()); });
            !trouble.empty())
            return trouble;
        if (auto trouble = tableTrouble(capability, table); !trouble.empty()) return trouble;
        tables_[capability] = table;
    }
    for (const auto& capability : manifest_.capabilities)
        if (!tables_.contains(capability))
            return "plugin.json lists " + capability + ", which its library does not offer";
    return {};
}

}  // namespace overture::plugin
