// How a trial begins: from the first touch, from the lead, or in the middle.
#include "base/text.hpp"
#include "campaign/touches.hpp"
#include "playbook/scope.hpp"
#include "workshop/options.hpp"
#include "workshop/trial.hpp"

namespace overture::workshop {
namespace {

constexpr const char* kSender = "+12025550100";
constexpr const char* kEmailSender = "agent@example.com";
constexpr const char* kPostalAddress = "1 Main Street, Springfield";
constexpr auto kLongAgo = hours(1);

std::string seedText(const Json& options) {
    const auto seed = options.value("seed", Json(1));
    if (!seed.is_number_integer()) throw Error("conversation: seed must be a whole number");
    return std::to_string(seed.get<std::int64_t>());
}

}  // namespace

Trial::Trial(const Bench& bench, const Json& options, Played* played)
    : bench_(bench), played_(played), model_(std::make_shared<PlayedModel>(bench.model())) {
    now_.diary = KeptDiary(teamOf(options, bench));
    agent::Parts parts{
        now_.diary, bench.gate(), *this, *this,
        [&gate = bench.gate()](const turn::Opened& opened, const playbook::Touch& touch, Instant from) {
            return campaign::touchTime(gate, opened, touch, from, {});
        }};
    parts.prompts = false;
    parts.tools = this;
    handler_ = std::make_unique<agent::Conversationalist>(std::move(parts));
    consent_ = consentOf(options);
    tools_ = toolsOf(options);
    play(options, [&] { begin(options); });
}

void Trial::begin(const Json& options) {
    const auto& definition = bench_.definition();
    auto& opened = now_.opened;
    opened.lead = leadOf(options);
    opened.now = startOf(options, zoneOf(opened.lead));
    const auto id = [&](const std::string& what) {
        return uuid7(opened.now, seedText(options) + ":" + what);
    };
    opened.organization = OrganizationId(id("organization"));
    opened.campaign = {CampaignId(id("campaign")), definition.id,  "running",
                       bench_.channels(),          Json::object(), settingsOf(options, bench_)};
    opened.campaign.bindings["model"] = BindingId(id("model")).text();
    for (const auto& channel : bench_.channels()) {
        opened.campaign.bindings[channel] = BindingId(id("carrier")).text();
        opened.campaign.settings[channel + "_sender"] = channel == "email" ? kEmailSender : kSender;
    }
    if (!opened.campaign.settings.contains("postal_address"))
        opened.campaign.settings["postal_address"] = kPostalAddress;
    auto& conversation = opened.conversation;
    conversation.id = ConversationId(id("conversation"));
    conversation.campaign = opened.campaign.id;
    conversation.version = bench_.version();
    conversation.state = "open";
    conversation.language = textOf(options, "language", opened.lead.language);
    conversation.facts = factsOf(options, definition);
    conversation.memory = Json::object();
    conversation.memory["variant"] = variantIn(options, definition);
    conversation.createdAt = opened.now;

    const auto wanted = textOf(options, "channel");
    if (!wanted.empty()) (void)bench_.channel(wanted);
    const auto first = campaign::nextTouch(
        definition, std::nullopt, wanted.empty() ? bench_.channels() : std::vector<std::string>{wanted});
    conversation.channel = !wanted.empty() ? wanted
                           : first         ? definition.touch(first->number)->channel
                                           : bench_.channels().front();
    const auto stage = textOf(options, "stage");
    if (!stage.empty()) return beginInTheMiddle(options);
    if (options.value("inbound", Json(false)) == Json(true)) {
        conversation.stage =
            definition.inboundStage.empty() ? definition.firstStage : definition.inboundStage;
        return;
    }
    conversation.stage = definition.firstStage;
    happens("touch", {{"touch", first ? first->number : 0}});
}

void Trial::beginInTheMiddle(const Json& options) {
    const auto& definition = bench_.definition();
    auto& opened = now_.opened;
    auto& conversation = opened.conversation;
    conversation.stage = stageNamed(textOf(options, "stage"), definition).name;
    if (conversation.language.empty() && !definition.languages.empty())
        conversation.language = definition.languages.front();
    const auto lead = opened.lead.toJson();
    playbook::Scope scope;
    scope.refer("lead", lead);
    scope.refer("settings", opened.campaign.settings);
    scope.refer("facts", conversation.facts);
    scope.refer("persona", definition.persona);
    const auto say = [&](const std::string& written, const std::string& stage) {
        const auto text = playbook::render(written, scope);
        if (!text) return;
        now_.lines.push_back({"out", *text, conversation.channel, stage, opened.now - kLongAgo, true});
        opened.messages.push_back({static_cast<int>(opened.messages.size()) + 1, "out", "agent",
                                   conversation.channel, *text, stage, opened.now - kLongAgo,
                                   Json::object()});
    };
    const auto* first = definition.stage(definition.firstStage);
    const auto lines = playbook::linesIn(first->lines, conversation.language, definition);
    if (!lines.empty()) say(lines.front(), first->name);
    const auto asked = textOf(options, "asked");
    if (asked.empty()) return;
    const auto fact = definition.facts.find(asked);
    if (fact == definition.facts.end()) {
        std::vector<std::string> known;
        for (const auto& [name, each] : definition.facts) known.push_back(name);
        const auto near = nearest(asked, known);
        throw Error("conversation: there is no fact \"" + asked + "\"" +
                    (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
    say(playbook::textIn(fact->second.ask, conversation.language, definition), conversation.stage);
}

}  // namespace overture::workshop
