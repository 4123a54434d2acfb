#include "aws/sigv4.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <vector>

#include "overture/bytes.hpp"
#include "overture/digest.hpp"

namespace overture::aws {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
    });
    return text;
}

int digitOf(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string percentDecoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape =
            text[i] == '%' && i + 2 < text.size() && digitOf(text[i + 1]) >= 0 && digitOf(text[i + 2]) >= 0;
        out += escape ? static_cast<char>(digitOf(text[i + 1]) * 16 + digitOf(text[i + 2])) : text[i];
        if (escape) i += 2;
    }
    return out;
}

/// "https://host:8443/a/b?c=d" in its parts; the fragment is not sent.
struct Url {
    std::string host, path, query;

    explicit Url(std::string_view url) {
        const auto scheme = url.find("://");
        if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
        url = url.substr(0, url.find('#'));
        const auto end = std::min(url.find_first_of("/?"), url.size());
        host = lower(std::string(url.substr(0, end)));
        url.remove_prefix(end);
        const auto mark = std::min(url.find('?'), url.size());
        path = mark == 0 ? "/" : std::string(url.substr(0, mark));
        if (mark < url.size()) query = url.substr(mark + 1);
    }
};

/// Without empty segments and dots.
std::string withoutDots(const std::string& path) {
    std::vector<std::string> kept;
    std::size_t begin = 0;
    while (begin <= path.size()) {
        const auto end = std::min(path.find('/', begin), path.size());
        const auto segment = path.substr(begin, end - begin);
        begin = end + 1;
        if (segment == ".." && !kept.empty()) kept.pop_back();
        if (!segment.empty() && segment != "." && segment != "..") kept.push_back(segment);
    }
    std::string out = "/";
    for (const auto& segment : kept) out += segment + "/";
    if (!kept.empty() && !path.ends_with('/')) out.pop_back();
    return out;
}

std::string canonicalPath(const std::string& path, bool objectStore) {
    return objectStore ? percentEncoded(percentDecoded(path), "/") : percentEncoded(withoutDots(path), "/");
}

std::string canonicalQuery(std::string_view query) {
    Pairs pairs;
    while (!query.empty()) {
        const auto one = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(one.size() + 1, query.size()));
        const auto equals = std::min(one.find('='), one.size());
        const auto value = equals < one.size() ? one.substr(equals + 1) : std::string_view();
        if (!one.empty())
            pairs.emplace_back(percentEncoded(percentDecoded(one.substr(0, equals))),
                               percentEncoded(percentDecoded(value)));
    }
    std::sort(pairs.begin(), pairs.end());
    std::string out;
    for (const auto& [name, value] : pairs) out += (out.empty() ? "" : "&") + name + "=" + value;
    return out;
}

/// One blank for each run of them, none at the ends.
std::string collapsed(std::string_view value) {
    std::string out;
    for (const char c : value) {
        const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!blank)
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

/// Names in lower case and order, values of one name joined as they came.
std::map<std::string, std::string> canonicalHeaders(const sdk::HttpRequest& request) {
    std::map<std::string, std::string> out;
    for (const auto& [name, value] : request.headers) {
        auto& joined = out[lower(name)];
        joined += (joined.empty() ? "" : ",") + collapsed(value);
    }
    out.try_emplace("host", Url(request.url).host);
    return out;
}

/// "20150830T123600Z"; its first eight are the day.
std::string stampOf(std::int64_t micros) {
    using namespace std::chrono;
    const sys_time<microseconds> at{microseconds(micros)};
    const auto day = floor<days>(at);
    const year_month_day date(day);
    const hh_mm_ss time(floor<seconds>(at - day));
    char text[32];
    std::snprintf(text, sizeof text, "%04d%02u%02uT%02d%02d%02dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return text;
}

std::string scopeOf(const std::string& stamp, const Signing& signing) {
    return stamp.substr(0, 8) + "/" + signing.region + "/" + signing.service + "/aws4_request";
}

std::string signatureOf(const std::string& canonical, const std::string& stamp,
                        const Credentials& credentials, const Signing& signing) {
    const auto toSign = "AWS4-HMAC-SHA256\n" + stamp + "\n" + scopeOf(stamp, signing) + "\n" +
                        sdk::toHex(sdk::sha256(canonical));
    auto key = sdk::hmacSha256("AWS4" + credentials.secretAccessKey, stamp.substr(0, 8));
    for (const std::string_view part : {std::string_view(signing.region), std::string_view(signing.service),
                                        std::string_view("aws4_request")})
        key = sdk::hmacSha256(key, part);
    return sdk::toHex(sdk::hmacSha256(key, toSign));
}

void setHeader(sdk::HttpRequest& request, const std::string& name, const std::string& value) {
    std::erase_if(request.headers, [&](const auto& header) { return lower(header.first) == lower(name); });
    if (!value.empty()) request.headers.emplace_back(name, value);
}

}  // namespace

std::string percentEncoded(std::string_view text, std::string_view alsoPlain) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const unsigned char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '.' || c == '_' || c == '~' ||
                           alsoPlain.find(static_cast<char>(c)) != std::string_view::npos;
        if (plain) {
            out += static_cast<char>(c);
        } else {
            out += '%';
            out += kDigits[c >> 4];
            out += kDigits[c & 15];
        }
    }
    return out;
}

Canonical canonicalOf(const sdk::HttpRequest& request, const Signing& signing) {
    const Url url(request.url);
    Canonical out;
    out.text = request.method + "\n" + canonicalPath(url.path, signing.objectStore) + "\n" +
               canonicalQuery(url.query) + "\n";
    for (const auto& [name, value] : canonicalHeaders(request)) {
        out.text += name + ":" + value + "\n";
        out.headerNames += (out.headerNames.empty() ? "" : ";") + name;
    }
    out.text += "\n" + out.headerNames + "\n" + sdk::toHex(sdk::sha256(request.body));
    return out;
}

void sign(sdk::HttpRequest& request, const Credentials& credentials, const Signing& signing,
          std::int64_t nowMicros) {
    const auto stamp = stampOf(nowMicros);
    setHeader(request, "Authorization", "");
    setHeader(request, "X-Amz-Date", stamp);
    setHeader(request, "X-Amz-Security-Token", credentials.sessionToken);
    if (signing.objectStore)
        setHeader(request, "X-Amz-Content-Sha256", sdk::toHex(sdk::sha256(request.body)));
    const auto canonical = canonicalOf(request, signing);
    setHeader(request, "Authorization",
              "AWS4-HMAC-SHA256 Credential=" + credentials.accessKeyId + "/" + scopeOf(stamp, signing) +
                  ", SignedHeaders=" + canonical.headerNames +
                  ", Signature=" + signatureOf(canonical.text, stamp, credentials, signing));
}

std::string presigned(const std::string& url, const Credentials& credentials, const Signing& signing,
                      std::int64_t nowMicros, int expires) {
    const auto stamp = stampOf(nowMicros);
    sdk::HttpRequest request{"GET", url, {}, {}};
    request.url += (url.find('?') == std::string::npos ? "?" : "&") +
                   ("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" +
                    percentEncoded(credentials.accessKeyId + "/" + scopeOf(stamp, signing))) +
                   "&X-Amz-Date=" + stamp + "&X-Amz-Expires=" + std::to_string(expires);
    if (!credentials.sessionToken.empty())
        request.url += "&X-Amz-Security-Token=" + percentEncoded(credentials.sessionToken);
    request.url += "&X-Amz-SignedHeaders=host";
    auto text = canonicalOf(request, signing).text;
    if (signing.objectStore) text = text.substr(0, text.rfind('\n') + 1) + "UNSIGNED-PAYLOAD";
    return request.url + "&X-Amz-Signature=" + signatureOf(text, stamp, credentials, signing);
}

}  // namespace overture::aws
