#pragma once

#include <string>
#include <string_view>

#include "common/events.hpp"
#include "common/exchange.hpp"
#include "openai/settings.hpp"

namespace overture::openai {

/// Puts a streamed answer (server-sent events of chat.completion.chunk) together into a chat.completion.
class StreamReader final : public models::StreamedAnswer {
public:
    bool take(std::string_view bytes) override;
    bool whole() const override { return !finish_.empty() || !error_.is_null(); }
    std::string body() const override;
    std::string text() const override { return content_; }

private:
    void event(std::string_view data);
    void choice(const Json& choice);
    void toolCall(const Json& delta);

    models::EventLines lines_;
    std::string model_, content_, refusal_, finish_;
    Json calls_ = Json::array(), usage_, error_;
    bool useful_ = false;
};

}  // namespace overture::openai
