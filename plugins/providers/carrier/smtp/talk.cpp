#include "talk.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>

namespace overture::smtp {
namespace {

constexpr std::size_t kLargestBody = 6 * 1024 * 1024;

std::int64_t steadyMs() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// What libcurl's callbacks read and write.
struct Exchange {
    Said said;
    bool ended = false;  ///< what comes after QUIT says nothing about what came before it
};

std::size_t take(char* bytes, std::size_t size, std::size_t count, void* context) {
    auto& body = static_cast<Exchange*>(context)->said.body;
    if (body.size() + size * count > kLargestBody) return 0;  // ends it
    body.append(bytes, size * count);
    return size * count;
}

/// Commands are told by their first word; what follows AUTH is secret and keeps its name.
void noteCommand(Said& said, std::string_view line) {
    constexpr std::array<std::string_view, 13> kCommands{"EHLO", "HELO", "STARTTLS", "STLS", "AUTH",
                                                         "MAIL", "RCPT", "DATA",     "NOOP", "CAPA",
                                                         "USER", "PASS", "APOP"};
    const auto word = line.substr(0, line.find_first_of(" \r\n"));
    if (std::find(kCommands.begin(), kCommands.end(), word) == kCommands.end()) return;
    said.command = word;
    if (word == "EHLO") said.offers.clear();
}

void noteReply(Said& said, std::string_view line) {
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    said.reply = line.substr(0, 300);
    const bool numbered = line.size() >= 3 && std::all_of(line.begin(), line.begin() + 3,
                                                          [](char c) { return c >= '0' && c <= '9'; });
    said.code = numbered ? (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0') : 0;
    if (said.command != "EHLO" || said.code != 250 || line.size() < 5) return;
    std::string offer(line.substr(4));
    std::transform(offer.begin(), offer.end(), offer.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    said.offers.push_back(std::move(offer));
}

int listen(CURL*, curl_infotype kind, char* bytes, std::size_t size, void* context) {
    auto& said = static_cast<Exchange*>(context)->said;
    auto& ended = static_cast<Exchange*>(context)->ended;
    ended = ended || (kind == CURLINFO_HEADER_OUT && std::string_view(bytes, size).starts_with("QUIT"));
    if (ended) return 0;
    if (kind == CURLINFO_HEADER_OUT) noteCommand(said, {bytes, size});
    if (kind == CURLINFO_HEADER_IN) noteReply(said, {bytes, size});
    return 0;
}

CURL* newHandle() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    CURL* handle = curl_easy_init();
    if (handle == nullptr) throw std::runtime_error("libcurl could not be started");
    return handle;
}

}  // namespace

Talk::Talk(const Server& server, const char* protocol, std::int64_t deadlineMs)
    : handle_(newHandle()), until_(steadyMs() + std::max<std::int64_t>(deadlineMs, 1)) {
    const bool tls = server.security == Server::Security::tls;
    const auto host = server.host.find(':') == std::string::npos ? server.host : "[" + server.host + "]";
    address_ =
        std::string(protocol) + (tls ? "s" : "") + "://" + host + ":" + std::to_string(server.port) + "/";
    CURL* handle = handle_.get();
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps,pop3,pop3s");
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, listen);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take);
    if (server.security == Server::Security::starttls)
        curl_easy_setopt(handle, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    if (!server.caFile.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, server.caFile.c_str());
    if (server.user.empty()) return;
    curl_easy_setopt(handle, CURLOPT_SASL_IR, 1L);
    curl_easy_setopt(handle, CURLOPT_USERNAME, server.user.c_str());
    curl_easy_setopt(handle, CURLOPT_PASSWORD, server.password.c_str());
}

std::int64_t Talk::leftMs() const {
    return until_ - steadyMs();
}

Said Talk::connect(const std::string& hello) {
    CURL* handle = handle_.get();
    Exchange exchange;
    curl_easy_setopt(handle, CURLOPT_URL, (address_ + hello).c_str());
    curl_easy_setopt(handle, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(handle, CURLOPT_DEBUGDATA, &exchange);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, std::max<long>(static_cast<long>(leftMs()), 1));
    exchange.said.result = curl_easy_perform(handle);
    curl_easy_setopt(handle, CURLOPT_VERBOSE, 0L);  // the exchange ends before the connection does
    return exchange.said;
}

Said Talk::command(const std::string& line, bool many, const std::string& hello) {
    CURL* handle = handle_.get();
    Exchange exchange;
    curl_easy_setopt(handle, CURLOPT_URL, (address_ + hello).c_str());
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, line.c_str());
    curl_easy_setopt(handle, CURLOPT_NOBODY, many ? 0L : 1L);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(handle, CURLOPT_DEBUGDATA, &exchange);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, std::max<long>(static_cast<long>(leftMs()), 1));
    exchange.said.result = curl_easy_perform(handle);
    curl_easy_setopt(handle, CURLOPT_VERBOSE, 0L);
    long connects = 0;
    curl_easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &connects);
    exchange.said.reconnected = connected_ && connects > 0;
    connected_ = connected_ || exchange.said.ok();
    return exchange.said;
}

}  // namespace overture::smtp
