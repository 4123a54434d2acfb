#pragma once

#include <string>
#include <string_view>

#include "common/events.hpp"
#include "common/exchange.hpp"
#include "gemini/settings.hpp"

namespace overture::gemini {

/// Puts the pieces of a streamed answer, each an answer of its own, together into one.
class StreamReader final : public models::StreamedAnswer {
public:
    bool take(std::string_view bytes) override;
    bool whole() const override;
    std::string body() const override { return models::toText(answer_); }
    std::string text() const override;

private:
    void piece(const Json& piece);

    models::EventLines lines_;
    Json answer_ = Json::object(), parts_ = Json::array();
    bool useful_ = false;
};

}  // namespace overture::gemini
