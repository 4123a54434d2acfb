// Tools for tests: what they say stands in their settings; they count the questions and keep the keys.
#include <mutex>
#include <overture/plugin.hpp>
#include <set>

using namespace overture::sdk;

namespace {

class Asked final : public Tool {
public:
    explicit Asked(Json settings) : settings_(std::move(settings)) {}

    Answer ask(const Json& request, const Call& call) override {
        const auto fails = settings_.at("fails").get<std::string>();
        if (fails == "transient") return Answer::no(Outcome::transient, "it is away");
        if (fails == "auth") return Answer::no(Outcome::auth, "it does not know us");
        const std::scoped_lock lock(mutex_);
        ++times_;
        keys_.insert(request.at("key").get<std::string>());
        auto said = settings_.at("says");
        said["times"] = times_;
        said["keys"] = keys_.size();
        said["heard"] = request.at("arguments");
        said["within_ms"] = call.deadlineMs;
        if (const auto bytes = settings_.at("long").get<std::size_t>(); bytes > 0)
            said["text"] = std::string(bytes, 'x');
        for (auto levels = settings_.at("deep").get<int>(); levels > 0; --levels)
            said["deep"] = Json::array({std::move(said["deep"])});
        return Answer::ok(std::move(said));
    }

private:
    Json settings_;
    std::mutex mutex_;
    int times_ = 0;
    std::set<std::string> keys_;
};

}  // namespace

OVERTURE_PLUGIN("asked", "0.1.0", [](Host, const Json& settings) -> Opened {
    Opened opened;
    opened.enrichment = opened.crm = std::make_shared<Asked>(settings);
    return opened;
})
