#include "common/exchange.hpp"

#include <algorithm>

#include "common/prices.hpp"

namespace overture::models {
namespace {

constexpr int kMostTries = 4;           ///< one for each thing that a server may refuse
constexpr std::int64_t kLeastMs = 200;  ///< with less time left another try is not worth it

/// What is new of the text; false: enough.
bool givesOn(std::string text, const sdk::Pieces& pieces, std::string& given) {
    if (text.size() <= given.size()) return true;
    const auto before = given.size();
    given = std::move(text);
    return pieces(std::string_view(given).substr(before));
}

sdk::Answer stopped(const Json& asked, std::string content) {
    return sdk::Answer::ok({{"content", std::move(content)},
                            {"json", nullptr},
                            {"tool_calls", Json::array()},
                            {"finish", "stopped"},
                            {"model", textOf(asked, "model")},
                            {"usage", usageOf(Tokens{}, std::nullopt)}});
}

/// The answer as if it had come in one; a server that does not stream says so by its content type.
sdk::HttpAnswer streamed(const sdk::Host& host, const sdk::HttpRequest& request, const Exchange& exchange,
                         const sdk::Pieces* pieces, std::string& given) {
    const auto reader = exchange.reader();
    std::string plain;
    bool events = false;
    auto answer = host.httpStreamed(request, [&](const sdk::HttpAnswer& head, std::string_view bytes) {
        events = head.status == 200 &&
                 head.header("content-type").find(exchange.streamType()) != std::string::npos;
        if (!events) {
            plain.append(bytes);
            return sdk::Piece::useful;
        }
        const bool useful = reader->take(bytes);
        if (pieces != nullptr && !givesOn(reader->text(), *pieces, given)) return sdk::Piece::stop;
        return useful ? sdk::Piece::useful : sdk::Piece::wait;
    });
    if (answer.stopped) return answer;
    answer.body = events ? reader->body() : std::move(plain);
    if (!events) return answer;
    if (answer.answered && !reader->whole()) answer.error = "it ended before the answer was whole";
    answer.answered = reader->whole();
    return answer;
}

}  // namespace

sdk::Answer complete(const sdk::Host& host, const Json& asked, const sdk::Call& call, Exchange& exchange) {
    const auto deadline = host.nowMicros() + call.deadlineMs * 1000;
    const auto patience = numberOf(asked, "first_token_ms");
    for (int number = 1;; ++number) {
        const auto left = (deadline - host.nowMicros()) / 1000;
        if (left < kLeastMs && number > 1)
            return sdk::Answer::no(sdk::Outcome::transient, "the time for this call is over");
        const bool inPieces = (patience || call.pieces) && exchange.mayStream() && host.streams();
        auto request = exchange.request(inPieces, left);
        if (inPieces)
            request.patienceMs =
                patience ? std::max<std::int64_t>(1, *patience - (call.deadlineMs - left)) : left;
        std::string given;
        const auto answer =
            inPieces ? streamed(host, request, exchange, call.pieces, given) : host.http(request);
        if (answer.stopped) return stopped(asked, std::move(given));
        if (answer.late)
            return sdk::Answer::no(
                sdk::Outcome::transient,
                "nothing useful came from the model within " + std::to_string(*patience) + " ms", "late");
        if (number < kMostTries && answer.answered && exchange.giveWay(answer)) continue;
        return exchange.read(answer);
    }
}

}  // namespace overture::models
