#pragma once

#include <deque>
#include <memory>
#include <string>

#include "plugin/host.hpp"

namespace overture::workshop {

/// Answers for a model, in order; then the scripted model. Or no answer at all. One thread.
class PlayedModel final : public plugin::Instance {
public:
    explicit PlayedModel(std::shared_ptr<plugin::Instance> scripted) : scripted_(std::move(scripted)) {}
    const std::string& plugin() const override { return scripted_->plugin(); }
    bool offers(std::string_view capability) const override { return scripted_->offers(capability); }
    plugin::Reply call(std::string_view capability, std::string_view operation, const Json& request,
                       milliseconds deadline) override;
    plugin::Reply callText(std::string_view capability, std::string_view operation, std::string_view request,
                           milliseconds deadline) override;

    struct Part {
        std::deque<Json> drafts, reviews;
        bool failing = false;
    } part;

private:
    std::shared_ptr<plugin::Instance> scripted_;
};

}  // namespace overture::workshop
