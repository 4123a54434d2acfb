#pragma once

#include <map>
#include <string>
#include <string_view>

#include "aws/event_stream.hpp"
#include "bedrock/settings.hpp"
#include "common/exchange.hpp"

namespace overture::bedrock {

/// Puts the messages of ConverseStream together into an answer of Converse. The counts come after the reason of the end: it is
/// whole without them, and then unpriced.
class StreamReader final : public models::StreamedAnswer {
public:
    bool take(std::string_view bytes) override;
    bool whole() const override { return !reason_.empty() || !error_.is_null(); }
    std::string body() const override;
    std::string text() const override;

private:
    struct Block {
        std::string text, id, name, input;
        bool call = false;
    };
    void hear(const aws::StreamMessage& message);
    void event(const std::string& type, const Json& payload);
    Block* blockAt(const Json& payload);

    aws::EventStream stream_;
    std::map<std::int64_t, Block> blocks_;
    std::string reason_;
    Json usage_, error_;
    bool useful_ = false;
};

}  // namespace overture::bedrock
