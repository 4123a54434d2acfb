#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/booking.hpp"
#include "agent/handler.hpp"
#include "agent/tools.hpp"
#include "playbook/specs.hpp"
#include "workshop/bench.hpp"
#include "workshop/kept_diary.hpp"
#include "workshop/played_model.hpp"

namespace overture::workshop {

/// One conversation tried out: the real agent, rules, opt-out, gate and booking, with everything else in memory and time standing
/// still until it is moved. One thread.
class Trial final : public playbook::SpecTalk,
                    private agent::Instances,
                    private agent::Library,
                    private agent::Tools {
public:
    struct State;
    /// Where conversations that went the same way stood, by all that happened in them: what was played once is not played again.
    /// One thread.
    using Played = std::map<std::string, State>;

    /// `options` as conversation { … } has them (core/playbook/spec_words.cpp). Throws Error for what cannot be meant. `played`, if
    /// any, belongs to one bench and outlives the trial.
    Trial(const Bench& bench, const Json& options, Played* played = nullptr);

    void hears(const std::string& text, const std::string& channel) override;
    void later(seconds time) override;
    void modelSays(const Json& answer) override;
    void overseerSays(const Json& answer) override;
    void modelsFail(bool failing) override;
    void takeOver() override;
    void giveBack() override;
    const playbook::Standing& standing() override;

    /// Everything that can change, for going back to it.
    struct State {
        turn::Opened opened;
        std::vector<turn::Event> waiting;  ///< touches, timers, and messages that may not be answered yet
        std::vector<Instant> attempts;
        std::optional<Instant> suppressedAt;
        KeptDiary diary;
        PlayedModel::Part model;
        std::vector<playbook::Standing::Line> lines;
        std::size_t news = 0;
        std::vector<playbook::Standing::Review> reviews;
        Json why = Json::object();
        int events = 0;
    };
    State state() const;
    /// When something happens by itself next; nothing: it does not.
    std::optional<Instant> nextDue() const;
    void restore(State state);

private:
    std::shared_ptr<plugin::Instance> of(const OrganizationId&, const BindingId&) override { return model_; }
    std::shared_ptr<plugin::Instance> channel(const std::string& name) override {
        return bench_.channel(name);
    }

    std::shared_ptr<const agent::Loaded> version(const OrganizationId&, const std::string&) override {
        return bench_.loaded();
    }

    Json ask(const turn::Opened&, const std::string& capability, const Json&, const std::string&) override;

    void play(const Json& act, const std::function<void()>& really);
    void begin(const Json& options);
    void beginInTheMiddle(const Json& options);
    void happens(const std::string& kind, Json payload);
    void pass(seconds time);
    void runDue();
    void turn();
    void apply(turn::Outcome outcome);
    void optOut(const turn::OptOutAct& act);
    void note(const Json& explanation);
    void addLine(const turn::NewMessage& message);
    compliance::ContactRequest contactOn(const std::string& channel) const;

    const Bench& bench_;
    Played* played_;
    std::string way_;  ///< all that happened, while `played_` is asked
    State now_;
    compliance::ConsentLevel consent_ = compliance::ConsentLevel::none;
    std::shared_ptr<PlayedModel> model_;
    Json tools_ = Json::object();  ///< what each capability answers: a table, or a text that says why not
    std::unique_ptr<agent::Conversationalist> handler_;
    playbook::Standing shown_;
    bool outOfDate_ = true;
};

/// Begins a Trial for each conversation { … } of a spec.
class TrialWorld final : public playbook::SpecWorld {
public:
    explicit TrialWorld(const Bench& bench) : bench_(bench) {}
    std::unique_ptr<playbook::SpecTalk> begin(const Json& options) override {
        return std::make_unique<Trial>(bench_, options, &played_);
    }
    const playbook::Definition& definition() const override { return bench_.definition(); }

private:
    const Bench& bench_;
    Trial::Played played_;
};

}  // namespace overture::workshop
