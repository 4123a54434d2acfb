#include "s3/storage.hpp"

#include <algorithm>
#include <chrono>

#include "overture/instant.hpp"
#include "overture/storage.hpp"
#include "s3/answers.hpp"

namespace overture::s3 {
namespace {

using sdk::Answer;
using sdk::HttpAnswer;
using sdk::Outcome;

constexpr std::int64_t kAtOnce = 4 * 1024 * 1024;  // bytes of one answer
constexpr int kMostVersions = 1000;                // of one list

bool isAny(int status, std::initializer_list<int> good) {
    return std::find(good.begin(), good.end(), status) != good.end();
}

}  // namespace

/// What is left of a call's time.
class S3Storage::Deadline {
public:
    explicit Deadline(const sdk::Call& call)
        : until_(Steady::now() + std::chrono::milliseconds(call.deadlineMs)) {}
    std::int64_t left() const {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until_ - Steady::now());
        return std::max<std::int64_t>(1, left.count());
    }

private:
    using Steady = std::chrono::steady_clock;
    const Steady::time_point until_;
};

S3Storage::S3Storage(sdk::Host host, Json settings)
    : host_(host),
      settings_(std::move(settings)),
      region_(settings_.value("region", "us-east-1")),
      bucket_(settings_.value("bucket", "")),
      prefix_(settings_.value("prefix", "")) {
    if (bucket_.empty()) throw sdk::Refused(Outcome::invalid, "bucket: name the bucket");
}

std::string S3Storage::bucketAt(const std::string& base) const {
    const bool inPath = settings_.value(
        "path_style", settings_.contains("base_url") || bucket_.find('.') != std::string::npos);
    if (inPath) return base + "/" + bucket_ + "/";
    const auto host = base.find("://") + 3;
    return base.substr(0, host) + bucket_ + "." + base.substr(host) + "/";
}

std::string S3Storage::store() const {
    return settings_.value("base_url", "https://s3." + region_ + ".amazonaws.com");
}

std::string S3Storage::address(const std::string& key) const {
    return bucketAt(store()) + prefix_ + key;
}

aws::Credentials S3Storage::credentials() const {
    aws::Credentials who{host_.secret("access_key_id").value_or(""),
                         host_.secret("secret_access_key").value_or(""),
                         host_.secret("session_token").value_or("")};
    if (who.accessKeyId.empty() || who.secretAccessKey.empty())
        throw sdk::Refused(Outcome::auth, "the secrets access_key_id and secret_access_key are missing");
    return who;
}

HttpAnswer S3Storage::exchange(sdk::HttpRequest request, const Deadline& deadline) const {
    request.deadlineMs = deadline.left();
    aws::sign(request, credentials(), signing(), host_.nowMicros());
    return host_.http(request);
}

Answer S3Storage::put(const Json& request, std::string_view object, const sdk::Call& call) {
    const sdk::ObjectRequest asked(request);
    sdk::HttpRequest sent{"PUT", address(asked.key()), {}, std::string(object)};
    const std::pair<const char*, std::string> headers[] = {
        {"Content-Type", asked.contentType()},
        {"x-amz-server-side-encryption", settings_.value("encryption", "")},
        {"x-amz-server-side-encryption-aws-kms-key-id", settings_.value("kms_key_id", "")},
        {"x-amz-storage-class", settings_.value("storage_class", "")}};
    for (const auto& [name, value] : headers)
        if (!value.empty()) sent.headers.emplace_back(name, value);
    const auto answer = exchange(std::move(sent), Deadline(call));
    // Who answers without an ETag is a page or a proxy.
    if (answer.status != 200 || answer.header("ETag").empty()) {
        auto problem = problemOf(answer);
        if (problem.outcome == Outcome::rejected) problem.outcome = Outcome::auth;
        return problem;
    }
    return Answer::ok({{"size", object.size()}});
}

Answer S3Storage::get(const Json& request, const sdk::ObjectSink& sink, const sdk::Call& call) {
    const sdk::ObjectRequest asked(request);
    const auto url = address(asked.key());
    const Deadline deadline(call);
    auto from = asked.from();
    auto left = asked.most();
    std::string tag;
    for (;;) {
        sdk::HttpRequest sent{"GET", url, {}, {}};
        const auto last = from + std::min({left, kAtOnce, INT64_MAX - from}) - 1;
        sent.headers.emplace_back("Range", "bytes=" + std::to_string(from) + "-" + std::to_string(last));
        if (!tag.empty()) sent.headers.emplace_back("If-Match", tag);
        const auto answer = exchange(std::move(sent), deadline);
        const auto size = wholeSize(answer.header("Content-Range"));
        if (answer.status == 416) return Answer::ok({{"size", std::max<std::int64_t>(size, 0)}});
        const bool part = answer.status == 206 && size >= 0 && !answer.body.empty();
        const bool whole = answer.status == 200 && from == 0 && !answer.header("ETag").empty();
        if (!part && !whole) return problemOf(answer);
        const auto got = std::min(static_cast<std::int64_t>(answer.body.size()), left);
        if (!sink(std::string_view(answer.body).substr(0, static_cast<std::size_t>(got))))
            return Answer::no(Outcome::cancelled, "nobody wanted more");
        if (whole) return Answer::ok({{"size", answer.body.size()}});
        from += got;
        left -= got;
        tag = answer.header("ETag");
        if (left <= 0 || from >= size) return Answer::ok({{"size", size}});
    }
}

Answer S3Storage::remove(const Json& request, const sdk::Call& call) {
    const auto key = sdk::ObjectRequest(request).key();
    const Deadline deadline(call);
    const auto answer = exchange({"DELETE", address(key), {}, {}}, deadline);
    if (isAny(answer.status, {200, 204})) {
        if (!answer.header("x-amz-version-id").empty()) return removeVersions(key, deadline);
        return Answer::ok(Json::object());
    }
    const auto problem = problemOf(answer);
    return problem.outcome == Outcome::rejected ? Answer::ok(Json::object()) : problem;
}

/// A bucket with versions keeps what it is told to remove, under a marker.
Answer S3Storage::removeVersions(const std::string& key, const Deadline& deadline) const {
    const auto whole = prefix_ + key;
    const auto asked = bucketAt(store()) + "?versions&max-keys=" + std::to_string(kMostVersions) +
                       "&prefix=" + aws::percentEncoded(whole);
    const auto list = exchange({"GET", asked, {}, {}}, deadline);
    if (list.status != 200 || list.body.find("<ListVersionsResult") == std::string::npos) {
        auto problem = problemOf(list);
        problem.message = "the bucket keeps versions, and its list of them did not come: " + problem.message;
        return problem;
    }
    for (const auto& id : versionsIn(list.body, whole)) {
        const auto answer =
            exchange({"DELETE", address(key) + "?versionId=" + aws::percentEncoded(id), {}, {}}, deadline);
        if (isAny(answer.status, {200, 204, 404})) continue;
        auto problem = problemOf(answer);
        problem.message = "the bucket keeps versions, and one was not removed: " + problem.message;
        return problem;
    }
    return Answer::ok(Json::object());
}

Answer S3Storage::link(const Json& request, const sdk::Call&) {
    const sdk::ObjectRequest asked(request);
    const auto key = asked.key();
    const auto seconds = asked.seconds();
    const auto name = asked.fileName(), type = asked.contentType();
    if (!settings_.value("links", true))
        return Answer::no(Outcome::unsupported, "links to the store are turned off for this binding");
    auto url = settings_.contains("link_base_url")
                   ? bucketAt(settings_.value("link_base_url", "")) + prefix_ + key
                   : address(key);
    char mark = '?';
    const auto add = [&](const char* parameter, const std::string& value) {
        url += mark + std::string(parameter) + "=" + aws::percentEncoded(value);
        mark = '&';
    };
    if (!name.empty()) add("response-content-disposition", "attachment; filename=\"" + name + "\"");
    if (!type.empty()) add("response-content-type", type);
    const auto now = host_.nowMicros();
    // The signature counts from the whole second.
    const auto until = (now / 1'000'000 + seconds) * 1'000'000;
    return Answer::ok({{"url", aws::presigned(url, credentials(), signing(), now, static_cast<int>(seconds))},
                       {"expires_at", sdk::toRfc3339(until)}});
}

}  // namespace overture::s3
