#include "bench/lines.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "base/digest.hpp"
#include "base/error.hpp"

namespace overture::bench {
namespace {

constexpr auto kFrame = milliseconds(20);
constexpr std::size_t kFrameBytes = 160;
constexpr auto kLate = milliseconds(10);
constexpr auto kGap = milliseconds(400);  // so long nothing to hear: what comes then is another sentence
constexpr auto kPatience = seconds(10);

double millisecondsOf(Lines::Steady::duration took) {
    return std::chrono::duration<double, std::milli>(took).count();
}

std::string memberOf(std::string_view json, std::string_view name) {
    const auto key = "\"" + std::string(name) + "\":\"";
    const auto at = json.find(key);
    if (at == std::string_view::npos) return {};
    const auto from = at + key.size();
    return std::string(json.substr(from, json.find('"', from) - from));
}

int connected(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        throw Error("no connection", "127.0.0.1:" + std::to_string(port));
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket;
}

}  // namespace

Lines::~Lines() {
    hangUp();
}

void Lines::add(std::uint16_t port, const std::string& path, const std::string& token,
                const std::string& reference) {
    auto line = std::make_unique<Line>();
    line->socket = connected(port);
    const auto request =
        "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Key: " + toBase64(std::string(16, 'k')) + "\r\nSec-WebSocket-Version: 13\r\n\r\n";
    static_cast<void>(::send(line->socket, request.data(), request.size(), MSG_NOSIGNAL));
    std::string answer;
    char one = 0;
    while (!answer.ends_with("\r\n\r\n") && ::recv(line->socket, &one, 1, 0) == 1) answer += one;
    if (!answer.starts_with("HTTP/1.1 101"))
        throw Error("not taken: " + answer.substr(0, answer.find('\r')), path);
    send(*line, R"({"event":"connected","protocol":"Call","version":"1.0.0"})");
    send(
        *line,
        R"({"event":"start","sequenceNumber":"1","streamSid":"MZ01","start":{"streamSid":"MZ01","callSid":")" +
            reference + R"(","tracks":["inbound"],"customParameters":{"token":")" + token +
            R"("},"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1}}})");
    const auto now = Steady::now();
    line->next = now + std::chrono::microseconds(random_.below(20000));
    line->playedUntil = now;
    line->until = now + milliseconds(1000 + random_.below(3000));
    lines_.push_back(std::move(line));
}

void Lines::talk(seconds howLong, bool count) {
    counting_ = count;
    const auto over = Steady::now() + howLong;
    std::vector<pollfd> watched;
    while (Steady::now() < over) {
        watched.clear();
        auto next = over;
        for (const auto& line : lines_) {
            watched.push_back({line->socket, POLLIN, 0});
            if (line->socket >= 0) next = std::min(next, line->next);
        }
        const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(next - Steady::now()).count();
        const timespec wait{0, std::max<long>(0, std::min<long>(left, 20'000'000))};
        ::ppoll(watched.data(), watched.size(), &wait, nullptr);
        for (std::size_t i = 0; i < watched.size(); ++i)
            if (watched[i].revents != 0) receive(*lines_[i]);
        const auto now = Steady::now();
        for (const auto& line : lines_)
            while (line->socket >= 0 && line->next <= now) {
                step(*line, now);
                line->next += kFrame;
            }
    }
}

void Lines::step(Line& line, Steady::time_point now) {
    sendFrame(line, now);
    if (line.socket < 0) return;
    if (!line.marks.empty() && line.playedUntil <= now) {
        for (const auto& mark : std::exchange(line.marks, {}))
            send(line, R"({"event":"mark","streamSid":"MZ01","mark":{"name":")" + mark + R"("}})");
    }
    if (line.state == State::waits && now >= line.until && now >= line.playedUntil + milliseconds(500))
        begin(line, words_.sayings[random_.below(words_.sayings.size())]);
    if (line.state != State::listens) return;
    if (!line.answered && now - line.lastVoice > kPatience) {
        if (counting_) ++figures_.unanswered;
        line.answered = true;
    }
    if (!line.answered) return;
    if (line.interrupts && now >= line.until) {
        line.interrupts = false;
        line.stopped = false;
        line.interruptedAt = now;
        begin(line, words_.interruptions[random_.below(words_.interruptions.size())]);
    } else if (!line.interrupts && now >= line.playedUntil + milliseconds(500)) {
        line.state = State::waits;
        line.until = now + milliseconds(200 + random_.below(1500));
    }
}

void Lines::begin(Line& line, const std::string& saying) {
    line.state = State::speaks;
    line.saying = &saying;
    line.said = 0;
}

void Lines::sendFrame(Line& line, Steady::time_point now) {
    std::string frame(kFrameBytes, static_cast<char>(0xff));
    if (line.state == State::speaks) {
        const auto piece = line.saying->substr(line.said, kFrameBytes);
        frame.replace(0, piece.size(), piece);
        line.said += piece.size();
        if (line.said >= line.saying->size()) {
            line.state = State::listens;
            line.lastVoice = now;
            line.answered = false;
            line.interrupts = ++line.turns % 3 == 0;
        }
    }
    if (counting_) {
        ++figures_.sent;
        if (now - line.next > kLate) ++figures_.sentLate;
    }
    const auto at = line.sentFrames++;
    send(line, R"({"event":"media","sequenceNumber":")" + std::to_string(at + 2) +
                   R"(","streamSid":"MZ01","media":{"track":"inbound","chunk":")" + std::to_string(at + 1) +
                   R"(","timestamp":")" + std::to_string(at * 20) + R"(","payload":")" + toBase64(frame) +
                   R"("}})");
}

void Lines::send(Line& line, const std::string& text) {
    const auto frame = net::frame(net::Side::client, net::Opcode::text, text);
    if (::send(line.socket, frame.data(), frame.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(frame.size()))
        close(line);
}

void Lines::receive(Line& line) {
    if (line.socket < 0) return;
    char bytes[65536];
    for (;;) {
        const auto got = ::recv(line.socket, bytes, sizeof bytes, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) break;
        if (got <= 0) return close(line);
        line.frames.take({bytes, static_cast<std::size_t>(got)});
    }
    const auto now = Steady::now();
    while (auto one = line.frames.next()) {
        if (one->opcode == net::Opcode::close) return close(line);
        if (one->opcode == net::Opcode::text) heard(line, one->payload, now);
    }
}

void Lines::heard(Line& line, std::string_view message, Steady::time_point now) {
    const auto event = memberOf(message, "event");
    if (event == "mark") return line.marks.push_back(memberOf(message, "name"));
    if (event == "clear") {
        if (!line.stopped && counting_) figures_.stops.push_back(millisecondsOf(now - line.interruptedAt));
        line.stopped = true;
        line.playedUntil = std::min(line.playedUntil, now);
        return;
    }
    if (event != "media") return;
    const auto begins = line.playedUntil + kGap < now || line.state == State::speaks;
    if (line.state == State::listens && !line.answered) {
        line.answered = true;
        line.until = now + milliseconds(700);
        if (counting_) figures_.answers.push_back(millisecondsOf(now - line.lastVoice));
    }
    const auto payload = memberOf(message, "payload").size() / 4 * 3;
    const auto frames = static_cast<std::int64_t>((payload + kFrameBytes / 2) / kFrameBytes);
    if (counting_) {
        figures_.frames += static_cast<std::size_t>(frames);
        if (!begins && now > line.playedUntil + kLate) ++figures_.late;
    }
    line.playedUntil = std::max(line.playedUntil, now) + frames * kFrame;
}

void Lines::close(Line& line) {
    if (line.socket < 0) return;
    ::close(std::exchange(line.socket, -1));
    ++figures_.gone;
}

void Lines::hangUp() {
    for (auto& line : lines_)
        if (line->socket >= 0) {
            send(*line, R"({"event":"stop","streamSid":"MZ01","stop":{"callSid":"CA"}})");
            if (line->socket >= 0) ::close(std::exchange(line->socket, -1));
        }
    lines_.clear();
}

std::size_t Lines::open() const {
    std::size_t count = 0;
    for (const auto& line : lines_)
        if (line->socket >= 0) ++count;
    return count;
}

}  // namespace overture::bench
