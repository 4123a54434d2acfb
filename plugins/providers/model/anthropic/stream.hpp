#pragma once

#include <map>
#include <string>
#include <string_view>

#include "anthropic/settings.hpp"
#include "common/events.hpp"
#include "common/exchange.hpp"

namespace overture::anthropic {

/// Puts the events of a streamed message together into a message.
class StreamReader final : public models::StreamedAnswer {
public:
    bool take(std::string_view bytes) override;
    bool whole() const override { return isSet("stop_reason") || isSet("error"); }
    std::string body() const override;
    std::string text() const override;

private:
    bool isSet(const char* key) const { return models::isSet(message_, key); }
    void event(const Json& event);
    void start(const Json& event);
    void delta(const Json& event);
    void addUsage(const Json& usage);
    Json* blockAt(const Json& event);

    models::EventLines lines_;
    Json message_ = Json::object();
    std::map<std::size_t, std::string> inputs_;  ///< of tool calls, as text, by block
    bool useful_ = false;
};

}  // namespace overture::anthropic
