#include "bedrock/settings.hpp"

#include <algorithm>
#include <map>

#include "aws/sigv4.hpp"
#include "data/bedrock.hpp"

namespace overture::bedrock {
namespace {

constexpr std::size_t kLongestModel = 2048;

/// In the header "ThrottlingException:http://…", in a body "__type": "com.amazon…#ThrottlingException"; an error in the middle of a
/// stream was put into the body by the reader.
std::string codeOf(const sdk::HttpAnswer& http) {
    auto code = http.header("x-amzn-errortype");
    if (code.empty()) {
        const auto error = models::errorIn(http.body);
        code = textOf(error, "__type", textOf(error, "type"));
    }
    code = code.substr(0, code.find(':'));
    return code.substr(code.find('#') == std::string::npos ? 0 : code.find('#') + 1);
}

int statusOf(const sdk::HttpAnswer& http) {
    static const std::map<std::string, int> statuses{
        {"validationException", 400},         {"accessDeniedException", 403},
        {"resourceNotFoundException", 404},   {"modelTimeoutException", 408},
        {"throttlingException", 429},         {"internalServerException", 500},
        {"serviceUnavailableException", 503}, {"modelStreamErrorException", 503},
        {"modelErrorException", 503}};
    auto code = codeOf(http);
    if (!code.empty() && code[0] >= 'A' && code[0] <= 'Z') code[0] = static_cast<char>(code[0] + 32);
    const auto found = statuses.find(code);
    return found == statuses.end() ? 0 : found->second;
}

/// 424 is the model's failure and not the request's; a model that was never asked for, or is asked wrongly, is told in prose.
void amend(sdk::Answer& answer, const sdk::HttpAnswer& http) {
    if (http.status == 424) answer.outcome = sdk::Outcome::transient;
    if (answer.code == "ModelNotReadyException") answer.outcome = sdk::Outcome::transient;
    if (answer.code == "ServiceQuotaExceededException") answer.outcome = sdk::Outcome::limited;
    if (http.status != 400) return;
    for (const auto* code :
         {"ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException",
          "IncompleteSignature", "MissingAuthenticationTokenException"})
        if (answer.code == code) {
            answer.outcome = sdk::Outcome::auth;
            answer.message += ": check " + vendor().credentials;
        }
    if (http.body.find("Input is too long") != std::string::npos)
        answer.message += ": the conversation is longer than the model can read";
    if (http.body.find("on-demand throughput") != std::string::npos)
        answer.message += ": this model is asked by an inference profile, such as \"us.\" before its id";
}

bool isModelLetter(unsigned char c) {
    return (c < 128 && std::isalnum(c)) || c == '.' || c == ':' || c == '/' || c == '_' || c == '-';
}

}  // namespace

Settings Settings::read(const Json& given) {
    const Json settings = given.is_object() ? given : Json::object();
    Settings out;
    out.region = textOf(settings, "region", "us-east-1");
    const bool plain = std::all_of(out.region.begin(), out.region.end(), [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (!plain || out.region.empty())
        throw sdk::Refused(sdk::Outcome::invalid, "the setting \"region\" is no region, such as us-east-1");
    out.baseUrl =
        models::baseUrlOf(settings, "base_url", "https://bedrock-runtime." + out.region + ".amazonaws.com");
    out.model = textOf(settings, "model", "amazon.nova-lite-v1:0");
    out.embeddingModel = textOf(settings, "embedding_model", "amazon.titan-embed-text-v2:0");
    out.dimensions = models::numberOf(settings, "dimensions");
    out.promptCache = textOf(settings, "prompt_cache", "off");
    out.guardrail = textOf(models::partOf(settings, "guardrail"), "id");
    out.guardrailVersion = textOf(models::partOf(settings, "guardrail"), "version");
    out.schema = textOf(settings, "structured", "json_schema") != "none";
    out.temperature = models::isOn(settings, "temperature");
    out.maxTokens = models::numberOf(settings, "max_tokens").value_or(out.maxTokens);
    out.prices = models::Prices::read(data::prices, settings);
    return out;
}

std::optional<std::int64_t> Settings::costOf(const std::string& name, const models::Tokens& tokens) const {
    if (auto cost = prices.costOf(name, tokens)) return cost;
    const auto bare = name.substr(name.rfind('/') == std::string::npos ? 0 : name.rfind('/') + 1);
    for (const std::string_view profile : {"us.", "us-gov.", "eu.", "apac.", "jp.", "au.", "ca.", "global."})
        if (bare.starts_with(profile)) return prices.costOf(bare.substr(profile.size()), tokens);
    return std::nullopt;
}

const models::Vendor& vendor() {
    static const models::Vendor vendor{
        "the secrets \"access_key_id\" and \"secret_access_key\" (or \"api_key\"), the account's access to "
        "the model",
        "the settings \"region\" and \"model\"", codeOf, statusOf, amend};
    return vendor;
}

void requireCredentials(const sdk::Host& host) {
    const auto has = [&](const char* name) { return !host.secret(name).value_or("").empty(); };
    if (has("api_key") || (has("access_key_id") && has("secret_access_key"))) return;
    throw sdk::Refused(
        sdk::Outcome::auth,
        "the binding needs the secrets \"access_key_id\" and \"secret_access_key\", or \"api_key\"");
}

sdk::HttpRequest postTo(const sdk::Host& host, const Settings& settings, const std::string& model,
                        const std::string& operation, const Json& body, std::int64_t deadlineMs) {
    if (model.empty() || model.size() > kLongestModel ||
        !std::all_of(model.begin(), model.end(), isModelLetter))
        throw sdk::Refused(sdk::Outcome::invalid,
                           "the model \"" + model.substr(0, 100) + "\" is no model's id and no ARN");
    sdk::HttpRequest request;
    request.method = "POST";
    request.url = settings.baseUrl + "/model/" + aws::percentEncoded(model) + "/" + operation;
    request.headers = {{"Content-Type", "application/json"},
                       {"Accept", operation == "converse-stream" ? "application/vnd.amazon.eventstream"
                                                                 : "application/json"}};
    request.body = models::toText(body);
    request.deadlineMs = deadlineMs;
    if (const auto key = host.secret("api_key"); key && !key->empty())
        request.headers.emplace_back("Authorization", "Bearer " + *key);
    else
        aws::sign(request,
                  {host.secret("access_key_id").value_or(""), host.secret("secret_access_key").value_or(""),
                   host.secret("session_token").value_or("")},
                  {settings.region, "bedrock"}, host.nowMicros());
    return request;
}

}  // namespace overture::bedrock
