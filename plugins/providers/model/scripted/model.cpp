#include "model.hpp"

#include "csr.hpp"
#include "overseer.hpp"

namespace overture::scripted {
namespace {

constexpr std::size_t kBytesPerToken = 4;

std::size_t inputTokens(const sdk::Json& request) {
    std::size_t bytes = 0;
    if (request.contains("messages") && request["messages"].is_array())
        for (const auto& message : request["messages"])
            if (message.is_object() && message.contains("content") && message["content"].is_string())
                bytes += message["content"].get_ref<const std::string&>().size();
    return bytes / kBytesPerToken;
}

}  // namespace

sdk::Answer ScriptedModel::complete(const sdk::Json& request, const sdk::Call&) {
    if (!request.is_object() || !request.contains("context") || !request["context"].is_object())
        return sdk::Answer::no(sdk::Outcome::invalid,
                               "the scripted model plays from \"context\", and this request has none");
    const auto purpose = request.contains("purpose") && request["purpose"].is_string()
                             ? request["purpose"].get<std::string>()
                             : "";
    if (purpose != "csr" && purpose != "overseer")
        return sdk::Answer::no(sdk::Outcome::unsupported,
                               "the scripted model plays \"csr\" and \"overseer\" only");
    const auto json = purpose == "csr" ? playCsr(request["context"]) : playOverseer(request["context"]);
    const auto content = json.dump(-1, ' ', false, sdk::Json::error_handler_t::replace);
    return sdk::Answer::ok({{"content", content},
                            {"json", json},
                            {"tool_calls", sdk::Json::array()},
                            {"finish", "stop"},
                            {"model", "scripted"},
                            {"usage",
                             {{"input_tokens", inputTokens(request)},
                              {"output_tokens", content.size() / kBytesPerToken},
                              {"cost_micros", 0},
                              {"currency", "USD"}}}});
}

}  // namespace overture::scripted
