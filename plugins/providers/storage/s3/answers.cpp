#include "s3/answers.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "overture/vendor_answers.hpp"

namespace overture::s3 {
namespace {

using sdk::Answer;
using sdk::HttpAnswer;
using sdk::Outcome;

struct Meaning {
    std::string_view code;
    Outcome outcome;
    const char* words;
};

constexpr std::array<Meaning, 17> kMeanings{{
    {"NoSuchKey", Outcome::rejected, "there is no such object"},
    {"NoSuchBucket", Outcome::auth, "there is no such bucket"},
    {"AccessDenied", Outcome::auth, "the key may not do this to the bucket"},
    {"AllAccessDisabled", Outcome::auth, "the bucket is shut"},
    {"InvalidAccessKeyId", Outcome::auth, "there is no such access key"},
    {"SignatureDoesNotMatch", Outcome::auth, "the signature is not right: check secret_access_key"},
    {"ExpiredToken", Outcome::auth, "the temporary credentials are over"},
    {"InvalidToken", Outcome::auth, "the temporary credentials are not right"},
    {"RequestTimeTooSkewed", Outcome::auth, "this machine's clock is wrong"},
    {"InvalidObjectState", Outcome::auth, "the object was moved to an archive: restore it there"},
    {"KMS.DisabledException", Outcome::auth, "the key of the encryption is shut"},
    {"AuthorizationHeaderMalformed", Outcome::auth, "check region"},
    {"PermanentRedirect", Outcome::auth, "the bucket is in another region: check region"},
    {"SlowDown", Outcome::limited, "it asks to slow down"},
    {"PreconditionFailed", Outcome::transient, "the object was replaced while it was read"},
    {"RequestTimeout", Outcome::transient, "the object did not come in time"},
    {"EntityTooLarge", Outcome::invalid, "the object is larger than it takes"},
}};

bool isWord(std::string_view code) {
    return !code.empty() && code.size() <= 60 && std::all_of(code.begin(), code.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.';
    });
}

}  // namespace

std::string elementIn(std::string_view xml, std::string_view name) {
    const auto open = "<" + std::string(name) + ">";
    const auto from = xml.find(open);
    if (from == std::string_view::npos) return {};
    const auto to = xml.find("</" + std::string(name) + ">", from);
    if (to == std::string_view::npos) return {};
    return std::string(xml.substr(from + open.size(), to - from - open.size()));
}

std::vector<std::string> versionsIn(std::string_view xml, const std::string& key) {
    std::vector<std::string> ids;
    for (const std::string_view name : {"Version", "DeleteMarker"}) {
        const auto open = "<" + std::string(name) + ">", close = "</" + std::string(name) + ">";
        for (auto at = xml.find(open); at != std::string_view::npos; at = xml.find(open, at + 1)) {
            const auto one = xml.substr(at, xml.find(close, at) - at);
            if (elementIn(one, "Key") == key) ids.push_back(elementIn(one, "VersionId"));
        }
    }
    return ids;
}

std::int64_t wholeSize(const std::string& contentRange) {
    const auto slash = contentRange.find('/');
    std::int64_t size = -1;
    if (slash == std::string::npos) return size;
    const auto* end = contentRange.data() + contentRange.size();
    const auto [stopped, error] = std::from_chars(contentRange.data() + slash + 1, end, size);
    return error == std::errc() && stopped == end && size >= 0 ? size : -1;
}

Answer problemOf(const HttpAnswer& answer) {
    if (const auto none = sdk::unanswered(answer, "the store")) return sdk::ofReading(*none);
    const auto word = elementIn(answer.body, "Code");
    const auto code = isWord(word) ? word : std::to_string(answer.status);
    const auto said = "the store answered " + std::to_string(answer.status) +
                      (isWord(word) ? " (" + word + ")" : std::string());
    const auto* found = std::find_if(kMeanings.begin(), kMeanings.end(),
                                     [&](const Meaning& meaning) { return meaning.code == word; });
    if (answer.status >= 300 && found != kMeanings.end()) {
        const auto words = said + ": " + found->words;
        if (found->outcome == Outcome::limited) return sdk::limitedFor(answer, words, code, 1'000);
        return Answer::no(found->outcome, words,
                          found->outcome == Outcome::rejected ? std::string("not_found") : code);
    }
    if (answer.status == 404)
        return Answer::no(Outcome::rejected, said + ": there is no such object", "not_found");
    if (answer.status == 503) return sdk::limitedFor(answer, said + ": it asks to slow down", code, 1'000);
    if (answer.status < 300)
        return Answer::no(Outcome::transient, said + ", but not as an object store does: check base_url",
                          code);
    auto problem = sdk::ofReading(sdk::byStatus(answer, said, code, "the access key and its permissions"));
    if (answer.status >= 300 && answer.status < 400) problem.outcome = Outcome::auth;
    return problem;
}

}  // namespace overture::s3
