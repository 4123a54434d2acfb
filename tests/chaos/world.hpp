// Everything a run needs, set up once: server, campaign, stub model and carrier, one hook.
#pragma once

#include <atomic>
#include <mutex>

#include "base/ids.hpp"
#include "base/json.hpp"
#include "chaos/carrier.hpp"
#include "chaos/model.hpp"
#include "chaos/postgres.hpp"

namespace overture::chaos {

struct Plan {
    int kills = 200;
    std::uint64_t seed = 1;
    int engines = 2;
    int conversations = 64;
    seconds most{3600};  ///< for the kills; then the quiet is waited for
    seconds quiet{240};  ///< for all work to be done after the last kill
    seconds lease{3};
    int workers = 8;
    milliseconds forNext{20};  ///< that a text waits for the next
    bool databaseKills = true;
    std::string only;                  ///< one place instead of all
    bool keep = false;                 ///< the folder stays
    std::string modelUrl, carrierUrl;  ///< somebody else's, instead of the world's own
    std::string playbook = OVERTURE_SOURCE_DIR "/tests/chaos/playbook";
    Json speech = {};                ///< a binding; its campaign is called, and has no texts
    Json settings = Json::object();  ///< more of the campaign's
};

class World {
public:
    explicit World(const Plan& plan);
    ~World();

    const Plan plan;
    const std::string folder;
    StubModel model;
    StubCarrier carrier;
    Server server;
    std::vector<std::uint16_t> ports;  ///< of the engines
    std::vector<std::string> leads;    ///< their numbers
    std::string hook;                  ///< the carrier's webhook address, as it is signed
    OrganizationId organization;
    std::atomic<bool> loading{true};  ///< new messages are still written
    std::atomic<bool> over{false};    ///< everything stops

    std::vector<std::string> engineWords(std::size_t engine) const;
    /// To whichever engine is there: the status, or 0. What it said goes to `answer`.
    int post(const Form& form, Random& random, std::string* answer = nullptr) const;
    Random random(std::string_view who) const;
    /// Numbers of made-up people who are awake and no leads.
    std::vector<std::string> strangers(std::size_t wanted) const;
    /// Another organization on the same engines, with a campaign like ours for so many people.
    OrganizationId addNeighbour(std::size_t people) const;

private:
    void createOwnCampaign();
    std::string createCampaign(const std::string& owner, std::size_t people,
                               std::vector<std::string>& numbers) const;
    static OrganizationId organizationIn(const std::string& created);
};

}  // namespace overture::chaos
