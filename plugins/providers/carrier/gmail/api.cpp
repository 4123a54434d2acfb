#include "api.hpp"

#include "outcomes.hpp"
#include "overture/documents.hpp"
#include "overture/vendor_answers.hpp"

namespace overture::gmail {

using sdk::Answer;
using sdk::HttpAnswer;
using sdk::Json;
using sdk::Outcome;

namespace {

Json documentOf(const HttpAnswer& answer) {
    if (!isSuccess(answer)) throw Stopped{sdk::ofReading(problemOf(answer))};
    auto document = sdk::parsed(answer.body);
    if (!document.is_object())
        throw Stopped{
            Answer::no(Outcome::transient, "Gmail's answer is no document", std::to_string(answer.status))};
    return document;
}

}  // namespace

std::string urlEncoded(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const unsigned char c : text) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                           c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            out += static_cast<char>(c);
        else
            out.append({'%', kDigits[c >> 4], kDigits[c & 15]});
    }
    return out;
}

bool isSuccess(const HttpAnswer& answer) {
    return answer.answered && answer.status >= 200 && answer.status < 300;
}

std::string headerIn(const Json& metadata, std::string_view name) {
    for (const auto& header : sdk::listIn(sdk::objectIn(metadata, "payload"), "headers"))
        if (sdk::detail::sameHeader(sdk::textOf(header, "name"), name)) return sdk::textOf(header, "value");
    return {};
}

HttpAnswer Api::ask(const char* method, const std::string& path, const std::string& body,
                    const Until& until) const {
    sdk::HttpRequest request{.method = method,
                             .url = base_ + path,
                             .headers = {{"Accept", "application/json"}},
                             .body = body,
                             .deadlineMs = until.leftMs()};
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    auto came = access_.http(std::move(request));
    if (came.refused) throw Stopped{std::move(*came.refused)};
    return std::move(came.answer);
}

Json Api::read(const std::string& path, const Until& until) const {
    return documentOf(ask("GET", path, "", until));
}

Json Api::change(const std::string& path, const Json& body, const Until& until) const {
    return documentOf(ask("POST", path, body.dump(), until));
}

std::vector<Api::Found> Api::search(const std::string& query, int most, const Until& until) const {
    const auto found =
        read("/messages?maxResults=" + std::to_string(most) + "&q=" + urlEncoded(query), until);
    std::vector<Found> all;
    for (const auto& message : sdk::listIn(found, "messages"))
        if (auto id = sdk::textOf(message, "id"); !id.empty())
            all.push_back({std::move(id), sdk::textOf(message, "threadId")});
    return all;
}

Json Api::metadata(const std::string& id, const std::vector<std::string>& headers, const Until& until) const {
    auto path = "/messages/" + urlEncoded(id) + "?format=metadata";
    for (const auto& header : headers) path += "&metadataHeaders=" + header;
    return read(path, until);
}

}  // namespace overture::gmail
