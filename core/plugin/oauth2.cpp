#include "plugin/oauth2.hpp"

#include <algorithm>
#include <charconv>

#include "base/call_deadline.hpp"
#include "base/digest.hpp"
#include "base/failpoint.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "net/retry_after.hpp"

namespace overture::plugin {
namespace {

constexpr seconds kLifeUnsaid{300};
constexpr seconds kLongestLife{86'400};
constexpr seconds kEarly{60};
constexpr std::size_t kLongestToken = 16'384;
constexpr std::size_t kMostKnown = 16;

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string formEncoded(std::string_view text) {
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

std::string formOf(const Fields& fields) {
    std::string form;
    for (const auto& [name, value] : fields)
        form += (form.empty() ? "" : "&") + formEncoded(name) + "=" + formEncoded(value);
    return form;
}

std::string keyOf(const TokenRequest& request) {
    Fields all = request.fields;
    all.insert(all.end(), {{"url", request.url},
                           {"client", request.clientId + " " + request.clientSecret},
                           {"by", request.byRefreshToken ? request.refreshToken : ""},
                           {"scope", request.scope}});
    return formOf(all);
}

bool isToken(const std::string& text) {
    return !text.empty() && text.size() <= kLongestToken &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

/// RFC 6749 5.2's words, and nothing else that a server writes: its sentences may quote what we sent.
std::string errorIn(const Json& document) {
    auto error = textOf(document, "error");
    const bool word = error.size() <= 64 && std::all_of(error.begin(), error.end(), [](char c) {
                          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
                      });
    return word ? error : std::string();
}

seconds lifeIn(const Json& document) {
    const auto found = document.find("expires_in");
    if (found == document.end()) return kLifeUnsaid;
    double life = 0;
    if (found->is_number()) life = found->get<double>();
    if (found->is_string()) {
        const auto text = found->get<std::string>();
        std::from_chars(text.data(), text.data() + text.size(), life);
    }
    return seconds(static_cast<std::int64_t>(std::clamp(life, 0.0, double(kLongestLife.count()))));
}

Reply no(Outcome outcome, const std::string& said, const std::string& code, const std::string& remedy) {
    return {outcome, {}, code, said + (remedy.empty() ? "" : ": ") + remedy, {}};
}

Reply problemOf(const net::HttpResponse& response, const Json& document) {
    const auto error = errorIn(document);
    const auto code = error.empty() ? std::to_string(response.status) : error;
    const auto said = "the token server answered " + std::to_string(response.status) +
                      (error.empty() ? "" : " (" + error + ")");
    const auto passing = [&](Outcome outcome) {
        auto reply = no(outcome, said, code, "");
        reply.retryAfter = net::retryAfterOf(response);
        return reply;
    };
    if (response.status == 429 || error == "slow_down") return passing(Outcome::limited);
    if (response.status >= 500 || response.status == 408 || error == "temporarily_unavailable" ||
        error == "server_error")
        return passing(Outcome::transient);
    if (response.status < 300) return no(Outcome::transient, said, code, "but with no access token in it");
    if (response.status < 400)
        return no(Outcome::auth, said, code, "a redirect; check where tokens are asked for");
    if (error == "invalid_grant")
        return no(
            Outcome::auth, said, code,
            "what access was granted by is over, was taken back or belongs to another client; grant it anew");
    if (error == "invalid_client" || error == "unauthorized_client")
        return no(Outcome::auth, said, code, "check the client's id and secret, and what it may do");
    if (error == "invalid_scope") return no(Outcome::auth, said, code, "the scope was not granted");
    return no(Outcome::auth, said, code, "check the client and where tokens are asked for");
}

}  // namespace

bool Tokens::isGood(const Kept& kept, const TokenRequest& request) const {
    return !kept.token.empty() && kept.token != request.refused && services_.clock.now() < kept.until;
}

Reply Tokens::token(const TokenRequest& request) {
    const auto until = std::min(std::chrono::steady_clock::now() + request.deadline, CallDeadline::end());
    const auto key = keyOf(request);
    std::uint64_t asked = 0;
    {
        const std::scoped_lock lock(mutex_);
        const auto& kept = kept_[key];
        if (isGood(kept, request)) return {Outcome::ok, kept.token, {}, {}, {}};
        asked = kept.asked;
    }
    failpoint("plugin.wants_token");
    const std::unique_lock turn(asking_, until);
    if (!turn)
        return no(Outcome::transient, "the token server is still being asked by another call", "busy", "");
    {
        const std::scoped_lock lock(mutex_);
        const auto& kept = kept_[key];
        if (isGood(kept, request)) return {Outcome::ok, kept.token, {}, {}, {}};
        if (kept.asked != asked && !kept.problem.ok())
            return kept.problem;  // what the call before this one heard
    }
    const auto left = std::chrono::floor<milliseconds>(until - std::chrono::steady_clock::now());
    const auto begun = services_.clock.now();
    auto got = ask(request, left);
    const std::scoped_lock lock(mutex_);
    auto& kept = kept_[key];
    ++kept.asked;
    kept.problem = got.reply;
    kept.token = got.reply.ok() ? got.reply.document.get<std::string>() : std::string();
    kept.until = begun + got.life - std::min<seconds>(kEarly, got.life / 10);
    if (got.reply.ok()) remember(kept.token);
    return std::move(got.reply);
}

std::vector<std::string> Tokens::known() const {
    const std::scoped_lock lock(mutex_);
    return known_;
}

void Tokens::remember(const std::string& token) {
    if (known_.size() == kMostKnown) known_.erase(known_.begin());
    known_.push_back(token);
}

/// A refresh token that another engine, or an operator, replaced meanwhile is tried before one is said to be over.
Tokens::Got Tokens::ask(const TokenRequest& request, milliseconds deadline) {
    if (!request.byRefreshToken) return askBy({}, request, deadline);
    auto used = refreshTokenOf(request.refreshToken);
    if (used.empty())
        return {no(Outcome::auth, "the secret \"" + request.refreshToken + "\" is missing", "",
                   "access is granted by it"),
                {},
                {}};
    const auto end = std::chrono::steady_clock::now() + deadline;
    auto got = askBy(used, request, deadline);
    if (got.reply.code == "invalid_grant") {
        const auto now = refreshTokenOf(request.refreshToken);
        if (now.empty() || now == used) return got;
        used = now;
        got = askBy(used, request, std::chrono::floor<milliseconds>(end - std::chrono::steady_clock::now()));
    }
    if (got.reply.ok() && !got.refreshToken.empty() && got.refreshToken != used)
        replaceRefreshToken(request.refreshToken, used, got.refreshToken);
    return got;
}

Tokens::Got Tokens::askBy(const std::string& refreshToken, const TokenRequest& request,
                          milliseconds deadline) const {
    const auto found = secrets_.find(request.clientSecret);
    const auto secret = found == secrets_.end() ? std::string() : found->second;
    Fields fields{{"grant_type", request.byRefreshToken ? "refresh_token" : "client_credentials"}};
    if (request.byRefreshToken) fields.emplace_back("refresh_token", refreshToken);
    if (!request.scope.empty()) fields.emplace_back("scope", request.scope);
    fields.insert(fields.end(), request.fields.begin(), request.fields.end());
    net::HttpRequest asked{"POST", request.url, {{"Accept", "application/json"}}, {}, deadline};
    asked.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    if (request.clientInBody || secret.empty()) {
        fields.emplace_back("client_id", request.clientId);
        if (!secret.empty()) fields.emplace_back("client_secret", secret);
    } else {
        asked.headers.emplace_back(
            "Authorization", "Basic " + toBase64(formEncoded(request.clientId) + ":" + formEncoded(secret)));
    }
    asked.body = formOf(fields);
    const auto result = services_.http.send(asked);
    if (const auto* error = std::get_if<net::HttpError>(&result))
        return {
            no(Outcome::transient, "the token server did not answer", "no_answer", error->message), {}, {}};
    const auto& response = std::get<net::HttpResponse>(result);
    const auto read = parseJson(response.body, "token");
    const auto document = read && read->is_object() ? *read : Json::object();
    const auto token = textOf(document, "access_token");
    if (response.status != 200 || !isToken(token)) return {problemOf(response, document), {}, {}};
    if (const auto type = lowerAscii(textOf(document, "token_type", "bearer")); type != "bearer")
        return {no(Outcome::auth, "the token server gives no bearer tokens", "token_type",
                   "check where tokens are asked for"),
                {},
                {}};
    const auto next = textOf(document, "refresh_token");
    return {{Outcome::ok, token, {}, {}, {}}, isToken(next) ? next : std::string(), lifeIn(document)};
}

/// As it is kept, where one that could not be kept before is kept first; otherwise as it was known last.
std::string Tokens::refreshTokenOf(const std::string& name) {
    if (keeper_ != nullptr) try {
            if (const auto waiting = unkept_.find(name); waiting != unkept_.end()) {
                keeper_->replace(name, waiting->second, secrets_[name]);
                unkept_.erase(waiting);
            }
            if (auto kept = keeper_->find(name)) secrets_[name] = std::move(*kept);
        } catch (const std::exception& error) {
            log::warning("plugin.secret", {{"plugin", plugin_}, {"secret", name}, {"error", error.what()}});
        }
    const auto found = secrets_.find(name);
    return found == secrets_.end() ? std::string() : found->second;
}

void Tokens::replaceRefreshToken(const std::string& name, const std::string& used, const std::string& value) {
    secrets_[name] = value;
    unkept_.try_emplace(name, used);
    {
        const std::scoped_lock lock(mutex_);
        remember(value);
    }
    try {
        if (keeper_ == nullptr) throw Error("there is no place to keep it");
        keeper_->replace(name, unkept_[name], value);
        unkept_.erase(name);
    } catch (const std::exception& error) {
        log::error("plugin.secret_replaced",
                   {{"plugin", plugin_},
                    {"secret", name},
                    {"line", "the vendor replaced it and the new one could not be kept"},
                    {"error", error.what()}});
    }
}

}  // namespace overture::plugin
