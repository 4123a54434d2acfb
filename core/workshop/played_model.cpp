#include "workshop/played_model.hpp"

#include <utility>

namespace overture::workshop {
namespace {

plugin::Reply answered(Json answer) {
    plugin::Reply reply;
    reply.outcome = plugin::Outcome::ok;
    reply.document = {
        {"content", toText(answer)},
        {"json", std::move(answer)},
        {"tool_calls", Json::array()},
        {"finish", "stop"},
        {"model", "spec"},
        {"usage", {{"input_tokens", 0}, {"output_tokens", 0}, {"cost_micros", 0}, {"currency", "USD"}}}};
    return reply;
}

}  // namespace

plugin::Reply PlayedModel::call(std::string_view capability, std::string_view operation, const Json& request,
                                milliseconds deadline) {
    if (operation != "complete") return scripted_->call(capability, operation, request, deadline);
    if (part.failing) return {plugin::Outcome::transient, {}, {}, "the model does not answer", {}};
    auto& own = textOf(request, "purpose") == "csr" ? part.drafts : part.reviews;
    if (own.empty()) return scripted_->call(capability, operation, request, deadline);
    auto answer = std::move(own.front());
    own.pop_front();
    return answered(std::move(answer));
}

plugin::Reply PlayedModel::callText(std::string_view capability, std::string_view operation,
                                    std::string_view request, milliseconds deadline) {
    const bool plays = part.failing || !part.drafts.empty() || !part.reviews.empty();
    return plays ? Instance::callText(capability, operation, request, deadline)
                 : scripted_->callText(capability, operation, request, deadline);
}

}  // namespace overture::workshop
