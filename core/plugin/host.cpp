#include "plugin/host.hpp"

#include <algorithm>
#include <filesystem>

#include "base/digest.hpp"
#include "base/schema.hpp"
#include "base/text.hpp"
#include "plugin/instance.hpp"
#include "plugin/library.hpp"
#include "plugin/manifest.hpp"

namespace overture::plugin {
namespace {

namespace fs = std::filesystem;

/// "" or the sentence why the library is not on the list: lines as sha256sum writes them, "#" begins a
/// remark.
std::string allowListTrouble(const fs::path& list, const std::string& library, const std::string& id) {
    if (!fs::exists(list)) return {};
    if (!fs::exists(library)) return "there is no " + id + ".so beside plugin.json";
    const auto digest = toHex(sha256(readFile(library)));
    for (const auto& line : split(readFile(list.string()), '\n')) {
        const auto words = trim(line);
        if (words.empty() || words.starts_with('#') || words.size() < digest.size()) continue;
        auto name = trim(words.substr(digest.size()));
        if (name.starts_with('*')) name.remove_prefix(1);
        const bool mine = name == id + ".so" || name.ends_with("/" + id + ".so");
        if (mine && lowerAscii(words.substr(0, digest.size())) == digest) return {};
    }
    return "allowed.sha256 does not list " + digest + " for " + id +
           ".so; add that line if this is the library you trust";
}

std::string refusal(const std::string& id, const std::string& stage, const std::string& reason) {
    return "plugin " + id + " was refused at " + stage + ": " + reason;
}

}  // namespace

std::string_view nameOf(Outcome outcome) {
    switch (outcome) {
        case Outcome::ok: return "ok";
        case Outcome::invalid: return "invalid";
        case Outcome::unsupported: return "unsupported";
        case Outcome::auth: return "auth";
        case Outcome::rejected: return "rejected";
        case Outcome::limited: return "limited";
        case Outcome::transient: return "transient";
        case Outcome::unknown: return "unknown";
        case Outcome::cancelled: return "cancelled";
        case Outcome::internal: return "internal";
    }
    return "internal";
}

struct Host::Impl {
    explicit Impl(Services given) : services(given) {}

    Listing refused(Listing listing, const std::string& stage, const std::string& reason) const {
        listing.state = "refused";
        listing.stage = stage;
        listing.reason = refusal(listing.id, stage, reason);
        return listing;
    }

    Listing load(const std::string& folder) {
        Listing listing;
        listing.id = folderName(folder);
        listing.path = folder;
        try {
            return loadStages(std::move(listing), folder);
        } catch (const std::exception& error) {
            return refused({folderName(folder), {}, folder, {}, {}, {}, {}, {}}, "manifest", error.what());
        }
    }

    Listing loadStages(Listing listing, const std::string& folder) {
        auto manifest = readManifest(folder);
        if (!manifest) return refused(std::move(listing), "manifest", manifest.problem().what);
        listing.version = manifest->version;
        listing.capabilities = manifest->capabilities;
        listing.manifest = manifest->document;
        if (fs::exists(fs::path(folder) / "disabled")) {
            listing.state = "disabled";
            return listing;
        }
        if (const auto loaded = libraries.find(manifest->id); loaded != libraries.end())
            return refused(std::move(listing), "manifest", "this id is already loaded");
        const auto path = fs::absolute(fs::path(folder) / (manifest->id + ".so")).lexically_normal();
        const auto list = path.parent_path().parent_path() / "allowed.sha256";
        if (auto trouble = allowListTrouble(list, path.string(), manifest->id); !trouble.empty())
            return refused(std::move(listing), "allow list", trouble);
        auto library = Library::load(path.string(), *manifest, services);
        if (!library) return refused(std::move(listing), library.problem().where, library.problem().what);
        libraries[manifest->id] = std::move(*library);
        listing.state = "loaded";
        return listing;
    }

    Problem absent(const std::string& plugin) const {
        std::vector<std::string> names;
        for (const auto& [id, library] : libraries) names.push_back(id);
        for (const auto& listing : listings) {
            if (listing.id != plugin) continue;
            if (listing.state == "refused")
                return {listing.reason, "", "`overture plugin list` shows every plugin."};
            if (listing.state == "disabled")
                return {"plugin " + plugin + " is disabled", "",
                        "Remove the file \"disabled\" from " + listing.path + "."};
        }
        const auto near = nearest(plugin, names);
        return {"there is no plugin \"" + plugin + "\"", "",
                near.empty() ? "Loaded are: " + (names.empty() ? "none" : join(names, ", ")) + "."
                             : "Did you mean \"" + near + "\"?"};
    }

    Services services;
    mutable std::mutex mutex;
    std::map<std::string, std::shared_ptr<Library>> libraries;
    std::vector<Listing> listings;
};

Host::Host(Services services) : impl_(std::make_unique<Impl>(services)) {}
Host::~Host() = default;

void Host::loadAll(const std::string& directory) {
    std::error_code trouble;
    std::vector<std::string> folders;
    for (const auto& entry : fs::directory_iterator(directory, trouble))
        if (fs::exists(entry.path() / "plugin.json")) folders.push_back(entry.path().string());
    if (trouble)
        throw Error("there is no plugins directory here", directory,
                    "Give the right one with --plugins or OVERTURE_PLUGINS.");
    std::sort(folders.begin(), folders.end());
    for (const auto& folder : folders) load(folder);
}

Listing Host::load(const std::string& folder) {
    std::scoped_lock lock(impl_->mutex);
    impl_->listings.push_back(impl_->load(folder));
    return impl_->listings.back();
}

std::vector<Listing> Host::list() const {
    std::scoped_lock lock(impl_->mutex);
    return impl_->listings;
}

Result<std::shared_ptr<Instance>> Host::open(const std::string& plugin, const Json& settings,
                                             const Secrets& secrets, Terms terms) {
    std::shared_ptr<Library> library;
    {
        std::scoped_lock lock(impl_->mutex);
        const auto found = impl_->libraries.find(plugin);
        if (found == impl_->libraries.end()) return impl_->absent(plugin);
        library = found->second;
    }
    auto complete = settings.is_null() ? Json::object() : settings;
    if (auto problem = applySchema(library->manifest().settingsSchema, complete, "settings")) {
        problem->where = "plugin " + plugin + ", " + problem->where;
        return *problem;
    }
    for (const auto& name : library->manifest().neededSecrets)
        if (const auto secret = secrets.find(name); secret == secrets.end() || secret->second.empty())
            return Problem{"the secret \"" + name + "\" is missing", "plugin " + plugin,
                           "Set it on the binding."};
    if (terms.callsAtOnce == 0) terms.callsAtOnce = impl_->services.callsAtOnce;
    return createInstance(std::move(library), impl_->services, complete, secrets, std::move(terms));
}

Reply Instance::callText(std::string_view capability, std::string_view operation, std::string_view request,
                         milliseconds deadline) {
    const auto document = parseJson(request, "request");
    if (!document) throw Error(document.problem().what, "a request for " + plugin());
    return call(capability, operation, *document, deadline);
}

Reply Instance::speak(const Json&, const std::function<bool(std::string_view bytes)>&, milliseconds) {
    return {Outcome::unsupported, {}, {}, "plugin " + plugin() + " does not speak", {}};
}

Reply Instance::put(const Json&, std::string_view, milliseconds) {
    return {Outcome::unsupported, {}, {}, "plugin " + plugin() + " keeps nothing", {}};
}

Reply Instance::get(const Json&, const std::function<bool(std::string_view bytes)>&, milliseconds) {
    return {Outcome::unsupported, {}, {}, "plugin " + plugin() + " keeps nothing", {}};
}

Reply Instance::listen(const Json&, Hearing&, std::unique_ptr<Listening>&, milliseconds) {
    return {Outcome::unsupported, {}, {}, "plugin " + plugin() + " does not listen", {}};
}

Reply Instance::converse(const Json&, Hearing&, std::unique_ptr<Conversing>&, milliseconds) {
    return {Outcome::unsupported, {}, {}, "plugin " + plugin() + " does not converse", {}};
}

Reply Instance::callInPieces(std::string_view capability, std::string_view operation,
                             std::string_view request, milliseconds deadline, const Pieces&) {
    return callText(capability, operation, request, deadline);
}

}  // namespace overture::plugin
