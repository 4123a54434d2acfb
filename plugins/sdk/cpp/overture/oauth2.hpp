// Access by OAuth 2.0 for plugins: the host gets, keeps and renews the tokens (overture/host_oauth2.h).
#pragma once

#include <algorithm>
#include <chrono>

#include "overture/plugin.hpp"

namespace overture::sdk {

/// By what access is granted: a refresh token, or the client's own credentials. Secrets are named, not given.
struct Grant {
    std::string tokenUrl, clientId;
    std::string clientSecret = {};  ///< the secret's name; "": a client without one
    std::string refreshToken = {};  ///< the secret's name; "": the client's own credentials
    std::string scope = {};
    bool inBody = true;  ///< how the client proves itself: among the fields, or by HTTP Basic
    std::vector<std::pair<std::string, std::string>> fields = {};  ///< others that the vendor wants
};

/// What came of a request that needs a token.
struct Authorized {
    std::optional<Answer> refused;  ///< there is no token, and why: nothing of the request left
    HttpAnswer answer;              ///< otherwise
};

/// Any thread.
class OAuth2 {
public:
    OAuth2(Host host, Grant grant) : host_(host), grant_(std::move(grant)) {}

    /// Sends the request with a token, within its deadline all in all; when that is answered with 401, which takes nothing
    /// in, once more with another token.
    Authorized http(HttpRequest request) const {
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(request.deadlineMs);
        const auto headers = request.headers;
        std::string token;
        for (const bool last : {false, true}) {
            if (last) request.deadlineMs = leftUntil(end);
            auto got = access(token, request.deadlineMs);
            if (got.outcome != Outcome::ok) return {std::move(got), {}};
            token = got.document.get<std::string>();
            request.headers = headers;
            request.headers.emplace_back("Authorization", "Bearer " + token);
            request.deadlineMs = leftUntil(end);
            auto answer = host_.http(request);
            if (last || !answer.answered || answer.status != 401) return {std::nullopt, std::move(answer)};
        }
        return {};
    }

    /// A token as the document, other than `refused`; or why there is none.
    Answer access(const std::string& refused, std::int64_t deadlineMs) const {
        using detail::textOf;
        const auto* oauth2 = static_cast<const overture_host_oauth2_t*>(
            host_.table()->get_service(host_.table(), OVERTURE_HOST_OAUTH2));
        if (oauth2 == nullptr)
            return Answer::no(Outcome::auth, "this engine has no OAuth 2.0; a newer one is needed");
        std::vector<overture_http_header_t> fields;
        for (const auto& [name, value] : grant_.fields) fields.push_back({textOf(name), textOf(value)});
        const overture_oauth2_request_t request{
            sizeof(overture_oauth2_request_t),
            grant_.refreshToken.empty() ? OVERTURE_OAUTH2_CLIENT_CREDENTIALS : OVERTURE_OAUTH2_REFRESH_TOKEN,
            grant_.inBody ? OVERTURE_OAUTH2_IN_BODY : OVERTURE_OAUTH2_IN_HEADER,
            textOf(grant_.tokenUrl),
            textOf(grant_.clientId),
            textOf(grant_.clientSecret),
            textOf(grant_.refreshToken),
            textOf(grant_.scope),
            fields.data(),
            fields.size(),
            textOf(refused),
            deadlineMs};
        std::string token;
        const overture_sink_t sink{&token, [](void* context, overture_text_t bytes) {
                                       static_cast<std::string*>(context)->append(bytes.data, bytes.size);
                                   }};
        Answer answer;
        const overture_reply_t why{
            sizeof(overture_reply_t),
            &answer,
            [](const overture_reply_t*, overture_text_t) {},
            [](const overture_reply_t* to, overture_text_t code, overture_text_t message) {
                static_cast<Answer*>(to->context)->code = detail::stringOf(code);
                static_cast<Answer*>(to->context)->message = detail::stringOf(message);
            },
            [](const overture_reply_t* to, std::int64_t milliseconds) {
                static_cast<Answer*>(to->context)->retryAfterMs = milliseconds;
            },
            nullptr};
        answer.outcome = static_cast<Outcome>(oauth2->token(host_.table(), &request, &sink, &why));
        if (answer.outcome == Outcome::ok) answer.document = token;
        return answer;
    }

private:
    static std::int64_t leftUntil(std::chrono::steady_clock::time_point end) {
        return std::max<std::int64_t>(
            0, std::chrono::floor<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count());
    }

    Host host_;
    Grant grant_;
};

}  // namespace overture::sdk
