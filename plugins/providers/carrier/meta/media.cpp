#include "media.hpp"

#include <algorithm>
#include <charconv>

#include "outcomes.hpp"
#include "overture/digest.hpp"
#include "overture/documents.hpp"
#include "overture/media.hpp"

namespace overture::meta {

using sdk::Answer;
using sdk::HttpAnswer;
using sdk::Json;
using sdk::Outcome;
using sdk::textOf;

namespace {

bool isId(std::string_view text) {
    return !text.empty() && text.size() <= 40 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

HttpAnswer get(const sdk::Host& host, const Settings& settings, const std::string& url,
               std::int64_t deadlineMs) {
    return host.http({.method = "GET",
                      .url = url,
                      .headers = {{"Authorization", "Bearer " + settings.accessToken}},
                      .body = {},
                      .deadlineMs = deadlineMs});
}

/// As a number or as a text; 0 when it says none.
std::int64_t sizeIn(const Json& place) {
    auto size = sdk::numberOf(place, "file_size");
    const auto text = textOf(place, "file_size");
    std::from_chars(text.data(), text.data() + text.size(), size);
    return size;
}

/// Of an id that the API does not know it says that a parameter is not right (100), or that a thing is not there (33).
Answer placeProblem(const HttpAnswer& answer) {
    auto problem = readProblemOf(answer);
    if (answer.answered &&
        (answer.status == 404 || answer.status == 410 || problem.code == "100" || problem.code == "33"))
        return Answer::no(Outcome::rejected,
                          "Meta does not have it any more; it keeps what people send for 30 days",
                          problem.code);
    return problem;
}

/// Hexadecimal, where the API says it so.
bool isWhole(const Json& place, const std::string& body) {
    const auto size = sizeIn(place);
    const auto digest = textOf(place, "sha256");
    const bool told = digest.size() == 64;
    return (size <= 0 || static_cast<std::size_t>(size) == body.size()) &&
           (!told || sdk::sameSecret(sdk::toHex(sdk::sha256(body)), digest));
}

}  // namespace

Answer mediaOf(const sdk::Host& host, const Settings& settings, const Json& request, const sdk::Call& call) {
    const auto id = textOf(request, "id");
    if (!isId(id)) return Answer::no(Outcome::invalid, "the request has no id of something that Meta keeps");
    const auto until = host.nowMicros() + call.deadlineMs * 1000;
    const auto place = get(
        host, settings,
        settings.baseUrl + "/" + settings.version + "/" + id + "?phone_number_id=" + settings.phoneNumberId,
        call.deadlineMs);
    if (!place.answered || place.status != 200) return placeProblem(place);
    const auto told = sdk::parsed(place.body);
    const auto url = textOf(told, "url");
    if (!sdk::isWebAddress(url))
        return Answer::no(Outcome::transient, "Meta does not say where it stands", "no_address");
    if (sizeIn(told) > static_cast<std::int64_t>(sdk::kLargestMedia)) return sdk::tooLarge();
    const auto left = (until - host.nowMicros()) / 1000;
    if (left <= 0) return Answer::no(Outcome::transient, "the time for this call is over");
    const auto got = get(host, settings, url, left);
    auto answer = sdk::mediaIn(got, "Meta", textOf(told, "mime_type"), "access_token");
    if (answer.code == "404" || answer.code == "410")
        return Answer::no(Outcome::transient, "the address that Meta gave does not hold any more",
                          answer.code);
    if (answer.outcome == Outcome::ok && !isWhole(told, got.body))
        return Answer::no(Outcome::transient, "Meta's answer is not the whole of it", "cut_off");
    return answer;
}

}  // namespace overture::meta
