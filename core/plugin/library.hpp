#pragma once

#include <overture/entry.h>

#include <map>
#include <memory>
#include <string>

#include "plugin/manifest.hpp"
#include "plugin/services.hpp"

namespace overture::plugin {

/// A plugin that passed every stage of loading. Closed when the last user is gone; never unloaded.
class Library {
public:
    /// Goes through load, judge, open and tables. A Problem has the stage in `where` and the reason in
    /// `what`.
    static Result<std::shared_ptr<Library>> load(const std::string& path, const Manifest& manifest,
                                                 const Services& services);
    ~Library();

    const Manifest& manifest() const { return manifest_; }
    const overture_entry_t& entry() const { return *entry_; }
    /// Checked tables by capability.
    const std::map<std::string, const void*, std::less<>>& tables() const { return tables_; }

private:
    Library(Manifest manifest, const Services& services);
    std::string find(const std::string& path);
    std::string judge() const;
    std::string open();
    std::string takeTables();

    Manifest manifest_;
    HostTable host_;
    const overture_entry_t* entry_ = nullptr;
    bool opened_ = false;
    std::map<std::string, const void*, std::less<>> tables_;
};

/// Runs a function of a plugin; an exception that crosses the boundary becomes its sentence, "" when there
/// was none.
template <typename Function>
std::string guarded(Function function) {
    try {
        function();
        return {};
    } catch (const std::exception& error) {
        return std::string("an exception crossed the boundary: ") + error.what();
    } catch (...) {
        return "an exception crossed the boundary";
    }
}

/// A sink that appends to `into`.
overture_sink_t sinkFor(std::string& into);

}  // namespace overture::plugin
