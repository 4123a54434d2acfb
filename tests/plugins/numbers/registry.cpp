// A do-not-contact registry for tests: what it says stands in its settings.
#include <algorithm>
#include <overture/instant.hpp>
#include <overture/plugin.hpp>

using namespace overture::sdk;

namespace {

constexpr std::int64_t kDay = 86'400'000'000;

class Numbers final : public Registry {
public:
    Numbers(Host host, Json settings) : host_(host), settings_(std::move(settings)) {}

    Answer check(const Json& request, const Call&) override {
        const auto fails = settings_.at("fails").get<std::string>();
        if (fails == "transient") return Answer::no(Outcome::transient, "the registry is away");
        if (fails == "auth") return Answer::no(Outcome::auth, "the registry does not know us");
        Json answers = Json::array();
        const auto& listed = settings_.at("listed");
        for (const auto& number : request.at("numbers"))
            if (!settings_.at("silent").get<bool>())
                answers.push_back(
                    {{"number", number},
                     {"listed", std::find(listed.begin(), listed.end(), number) != listed.end()}});
        const auto asOf = host_.nowMicros() - settings_.at("age_days").get<std::int64_t>() * kDay;
        return Answer::ok({{"as_of", toRfc3339(asOf)}, {"answers", std::move(answers)}});
    }

private:
    Host host_;
    Json settings_;
};

}  // namespace

OVERTURE_PLUGIN("numbers", "0.1.0", [](Host host, const Json& settings) -> Opened {
    Opened opened;
    opened.registry = std::make_shared<Numbers>(host, settings);
    return opened;
})
