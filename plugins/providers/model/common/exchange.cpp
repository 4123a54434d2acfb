#include "common/exchange.hpp"

#include <algorithm>

namespace overture::models {
namespace {

constexpr int kMostTries = 4;           ///< one for each thing that a server may refuse
constexpr std::int64_t kLeastMs = 200;  ///< with less time left another try is not worth it

/// The answer as if it had come in one; a server that does not stream says so by its content type.
sdk::HttpAnswer streamed(const sdk::Host& host, const sdk::HttpRequest& request, const Exchange& exchange) {
    const auto reader = exchange.reader();
    std::string plain;
    bool events = false;
    auto answer = host.httpStreamed(request, [&](const sdk::HttpAnswer& head, std::string_view bytes) {
        events = head.status == 200 &&
                 head.header("content-type").find(exchange.streamType()) != std::string::npos;
        if (events) return reader->take(bytes) ? sdk::Piece::useful : sdk::Piece::wait;
        plain.append(bytes);
        return sdk::Piece::useful;
    });
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
        const bool inPieces = patience && exchange.mayStream() && host.streams();
        auto request = exchange.request(inPieces, left);
        if (inPieces) request.patienceMs = std::max<std::int64_t>(1, *patience - (call.deadlineMs - left));
        const auto answer = inPieces ? streamed(host, request, exchange) : host.http(request);
        if (answer.late)
            return sdk::Answer::no(
                sdk::Outcome::transient,
                "nothing useful came from the model within " + std::to_string(*patience) + " ms", "late");
        if (number < kMostTries && answer.answered && exchange.giveWay(answer)) continue;
        return exchange.read(answer);
    }
}

}  // namespace overture::models
