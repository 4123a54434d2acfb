// Telephones at the other end of many media sockets, all on one thread, as Media Streams are published: what is said and played goes by
// the clock, 20 ms a frame.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "net/frames.hpp"

namespace overture::bench {

/// What the people on the lines met; milliseconds.
struct LineFigures {
    std::vector<double> answers;  ///< from the last sound of their words to the first of the answer
    std::vector<double>
        stops;  ///< from the first sound of an interruption to the carrier being told to be silent
    std::size_t frames = 0;      ///< of ours that they were sent
    std::size_t late = 0;        ///< of those: more than 10 ms after they were to be heard
    std::size_t unanswered = 0;  ///< words that nothing was said to for ten seconds
    std::size_t sentLate = 0;    ///< frames that this program itself sent more than 10 ms late, of `sent`
    std::size_t sent = 0;
    std::size_t gone = 0;  ///< sockets that were closed on them
};

class Lines {
public:
    using Steady = std::chrono::steady_clock;
    /// What people say, in mu-law: to be answered, and to interrupt with.
    struct Words {
        std::vector<std::string> sayings, interruptions;
    };
    explicit Lines(Words words, std::uint64_t seed = 1) : words_(std::move(words)), random_(seed) {}
    ~Lines();

    /// Connects one more. Throws Error when the engine does not take it.
    void add(std::uint16_t port, const std::string& path, const std::string& token,
             const std::string& reference);
    /// Lets people talk for so long. `count`: whether it is measured.
    void talk(seconds howLong, bool count);
    void hangUp();
    std::size_t open() const;
    LineFigures take() { return std::exchange(figures_, {}); }

private:
    enum class State { waits, speaks, listens };
    struct Line {
        int socket = -1;
        net::Frames frames{net::Side::server, 1 << 20};
        Steady::time_point next{}, playedUntil{}, until{}, lastVoice{}, interruptedAt{};
        State state = State::waits;
        const std::string* saying = nullptr;
        std::size_t said = 0;  // bytes of it
        bool answered = true, interrupts = false, stopped = true;
        int turns = 0;
        std::int64_t sentFrames = 0;
        std::vector<std::string> marks;  // to be given back when what was before them is heard
    };
    void step(Line& line, Steady::time_point now);
    void send(Line& line, const std::string& text);
    void sendFrame(Line& line, Steady::time_point now);
    void receive(Line& line);
    void heard(Line& line, std::string_view message, Steady::time_point now);
    void begin(Line& line, const std::string& saying);
    void close(Line& line);

    const Words words_;
    Random random_;
    std::vector<std::unique_ptr<Line>> lines_;
    LineFigures figures_;
    bool counting_ = false;
};

}  // namespace overture::bench
