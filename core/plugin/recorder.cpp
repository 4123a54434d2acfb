#include "plugin/recorder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/digest.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "plugin/redaction.hpp"

namespace overture::plugin {
namespace {

constexpr std::size_t kLargestBody = 1024 * 1024;

/// A file that is open for one line.
class Line {
public:
    explicit Line(const std::string& path)
        : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
        if (file_ < 0)
            throw Error(std::string("it cannot be written: ") + std::strerror(errno), path,
                        "Name a place where recordings may be kept.");
    }
    ~Line() { ::close(file_); }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    std::size_t size() const {
        struct stat about {};
        return ::fstat(file_, &about) == 0 ? static_cast<std::size_t>(about.st_size) : 0;
    }
    bool write(const std::string& line) const {
        return ::write(file_, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    }

private:
    int file_;
};

void addBody(Json& to, const std::string& body, const Redaction& redaction) {
    if (body.size() > kLargestBody)
        to["body"] = Redaction::kRemoved;
    else if (isUtf8(body))
        to["body"] = redaction.body(body);
    else if (redaction.holdsSecret(body))
        to["body"] = Redaction::kRemoved;
    else
        to["body_base64"] = toBase64(body);
}

Json headersOf(const std::vector<std::pair<std::string, std::string>>& headers, const Redaction& redaction) {
    auto list = Json::array();
    for (const auto& [name, value] : headers)
        list.push_back({toValidUtf8(name), toValidUtf8(redaction.header(name, value))});
    return list;
}

const char* nameOf(net::HttpFailure failure) {
    switch (failure) {
        case net::HttpFailure::notSent: return "not_sent";
        case net::HttpFailure::late: return "late";
        case net::HttpFailure::stopped:
        case net::HttpFailure::unknown: break;
    }
    return "unknown";
}

Json documentOf(Instant at, const net::HttpRequest& request, const Recorder::Result& result,
                const Redaction& redaction) {
    Json asked{{"method", request.method},
               {"url", toValidUtf8(redaction.url(request.url))},
               {"headers", headersOf(request.headers, redaction)}};
    addBody(asked, request.body, redaction);
    Json document{{"at", toRfc3339(at)}, {"request", std::move(asked)}};
    if (const auto* error = std::get_if<net::HttpError>(&result)) {
        document["failed"] = nameOf(error->failure);
        document["why"] = redaction.body(error->message);
        return document;
    }
    const auto& response = std::get<net::HttpResponse>(result);
    Json answer{{"status", response.status}, {"headers", headersOf(response.headers, redaction)}};
    addBody(answer, response.body, redaction);
    document["answer"] = std::move(answer);
    return document;
}

}  // namespace

Recorder::Recorder(std::string path, std::size_t largest) : path_(std::move(path)), largest_(largest) {
    size_ = Line(path_).size();
}

void Recorder::write(Instant at, const net::HttpRequest& request, const Result& result,
                     const std::vector<std::string>& secrets) try {
    const Redaction redaction(secrets);
    auto line = toText(documentOf(at, request, result, redaction)) + "\n";
    if (redaction.holdsSecret(line))
        line = "{\"removed\":\"a secret could not be taken out of this exchange\"}\n";
    const std::scoped_lock lock(mutex_);
    if (full_) return;
    full_ = size_ + line.size() > largest_;
    if (full_) {
        log::warning("recording.full", {{"file", path_}, {"bytes", size_}});
        return;
    }
    if (!Line(path_).write(line))
        throw Error(std::string("it cannot be written: ") + std::strerror(errno), path_);
    size_ += line.size();
} catch (const std::exception& error) {
    log::warning("recording.failed", {{"error", error.what()}});
}

}  // namespace overture::plugin
