#include "common/stream.hpp"

#include <algorithm>
#include <array>
#include <mutex>

namespace overture::speech {
namespace {

using sdk::Answer;
using sdk::Outcome;

constexpr std::int64_t kMostKeptMs = 30'000;
constexpr std::int64_t kPieceMs = 100;
constexpr std::int64_t kTickMs = 1000;
constexpr int kKeepAliveTicks = 4;
constexpr int kFarewellTicks = 8;
constexpr int kSteadyTicks = 10;  // a connection that held so long was a good one
constexpr std::array<std::int64_t, 3> kPauses{100, 500, 2000};  // before it connects again
constexpr std::int64_t kLongestPauseMs = 5000;

class Stream final : public Line, public sdk::WebSocketEvents {
public:
    Stream(sdk::Host host, const sdk::AudioForm& form, std::unique_ptr<Dialect> dialect, sdk::Heard heard)
        : host_(host), form_(form), dialect_(std::move(dialect)), heard_(heard) {
        const std::scoped_lock lock(mutex_);
        connect(0);
    }

    ~Stream() override {
        std::unique_ptr<sdk::WebSocket> socket;
        {
            const std::scoped_lock lock(mutex_);
            over_ = true;
            socket = std::move(socket_);
        }
    }

    void audio(std::string_view bytes) override {
        const std::scoped_lock lock(mutex_);
        if (over_ || finishing_) return;
        kept_ += bytes;
        quietTicks_ = 0;
        const auto most = form_.bytes(kMostKeptMs);
        if (kept_.size() > most) {
            if (!open_ || keptFrom_ + kept_.size() - sentTo_ > most)
                return end(Answer::no(Outcome::transient,
                                      dialect_->vendor() + " takes no sound for 30 seconds", "behind"));
            drop(kept_.size() - most);
        }
        pump();
    }

    void finish() override {
        const std::scoped_lock lock(mutex_);
        if (over_ || finishing_) return;
        finishing_ = true;
        pump();
    }

    bool say(const Dialect::Message& message) override {
        const std::scoped_lock lock(mutex_);
        return !over_ && open_ && send(message);
    }

private:
    void connect(std::int64_t delayMs) {
        open_ = said_ = false;
        openTicks_ = 0;
        auto request = dialect_->request();
        request.delayMs = delayMs;
        request.tickMs = kTickMs;
        socket_ = std::make_unique<sdk::WebSocket>(host_, request, *this);
    }

    void drop(std::size_t bytes) {
        bytes = std::min(bytes, kept_.size());
        kept_.erase(0, bytes);
        keptFrom_ += bytes;
        sentTo_ = std::max(sentTo_, keptFrom_);
    }

    bool send(const Dialect::Message& message) {
        const auto sent =
            message.binary ? socket_->sendBinary(message.bytes) : socket_->sendText(message.bytes);
        return sent == OVERTURE_WEBSOCKET_QUEUED;
    }

    /// Sends what was not sent yet, as far as it goes.
    void pump() {
        if (!open_) return;
        const auto piece = form_.bytes(kPieceMs);
        while (sentTo_ < keptFrom_ + kept_.size()) {
            const auto bytes = std::string_view(kept_).substr(sentTo_ - keptFrom_, piece);
            if (!send(dialect_->audio(bytes))) return;
            sentTo_ += bytes.size();
            tell(dialect_->passed(form_.milliseconds(sentTo_ - begun_)));
        }
        if (!finishing_ || said_) return;
        said_ = true;
        for (const auto& message : dialect_->farewell()) send(message);
    }

    void opened() override {
        const std::scoped_lock lock(mutex_);
        if (over_) return;
        open_ = true;
        sentTo_ = begun_ = keptFrom_;
        for (const auto& message : dialect_->greeting()) send(message);
        pump();
    }

    void text(std::string_view message) override { read(false, message); }
    void binary(std::string_view message) override { read(true, message); }

    void read(bool binary, std::string_view message) {
        const std::scoped_lock lock(mutex_);
        if (over_) return;
        auto said = dialect_->read(binary, message);
        tell(std::move(said.words));
        if (said.settledMs) {
            tries_ = 0;
            const auto until = begun_ + form_.bytes(*said.settledMs);
            if (until > keptFrom_) drop(std::min(until, sentTo_) - keptFrom_);
        }
        if (said.trouble && said.again) return tryAgain(*said.trouble);
        if (said.trouble) return end(*said.trouble);
        if (said.done && said_) end(Answer::ok(nullptr));
    }

    /// Their times become those of the stream.
    void tell(std::vector<Json> words) {
        const auto offset = form_.milliseconds(begun_);
        for (auto& one : words) {
            for (const char* key : {"from_ms", "to_ms"}) one[key] = one[key].get<std::int64_t>() + offset;
            for (auto& word : one["words"])
                for (const char* key : {"from_ms", "to_ms"})
                    word[key] = word[key].get<std::int64_t>() + offset;
            heard_.words(one);
        }
    }

    void tick() override {
        const std::scoped_lock lock(mutex_);
        if (over_) return;
        if (finishing_ && ++farewellTicks_ > kFarewellTicks)
            return end(
                Answer::no(Outcome::transient, dialect_->vendor() + " did not end the stream", "late"));
        if (!open_) return;
        if (++openTicks_ == kSteadyTicks) tries_ = 0;
        pump();
        if (++quietTicks_ < kKeepAliveTicks) return;
        quietTicks_ = 0;
        if (const auto message = dialect_->keepAlive()) send(*message);
    }

    void closed(const sdk::WebSocketEnd& how) override {
        const std::scoped_lock lock(mutex_);
        if (over_) return;
        const bool wasOpen = std::exchange(open_, false);
        const bool usual = how.how == OVERTURE_WEBSOCKET_CLOSED && (how.code == 1000 || how.code == 1005);
        if (finishing_ && said_ && wasOpen && usual) return end(Answer::ok(nullptr));
        if (how.how == OVERTURE_WEBSOCKET_REFUSED && !mayTryAgain(how)) return end(refused(how));
        auto why = givenUp(how);
        if (how.retryAfterMs >= 0) why.retryAfterMs = how.retryAfterMs;
        tryAgain(why);
    }

    /// From inside an event of the socket: it ends here.
    void tryAgain(const Answer& why) {
        if (tries_ == static_cast<int>(kPauses.size())) return end(why);
        const auto pause = kPauses[static_cast<std::size_t>(tries_++)];
        host_.log(OVERTURE_LOG_WARNING, "a stream connects again: " + why.message);
        connect(why.retryAfterMs.value_or(pause));
    }

    static bool mayTryAgain(const sdk::WebSocketEnd& how) {
        if (how.retryAfterMs > kLongestPauseMs) return false;
        return how.code == 408 || how.code == 429 || how.code >= 500;
    }

    Answer refused(const sdk::WebSocketEnd& how) const {
        const auto code = std::to_string(how.code);
        const auto said = dialect_->vendor() + " answered " + code;
        if (how.code == 401 || how.code == 402 || how.code == 403)
            return Answer::no(Outcome::auth, said + ": check its key, permissions and balance", code);
        if (how.code == 429 || how.retryAfterMs >= 0)
            return Answer::no(Outcome::limited, said + ": it asks to slow down", code);
        if (how.code >= 300 && how.code < 400)
            return Answer::no(Outcome::invalid, said + ", a redirect: check base_url", code);
        return Answer::no(Outcome::invalid, said + ": check the settings and the language", code);
    }

    Answer givenUp(const sdk::WebSocketEnd& how) const {
        const auto outcome =
            how.how == OVERTURE_WEBSOCKET_REFUSED && how.code == 429 ? Outcome::limited : Outcome::transient;
        return Answer::no(outcome, dialect_->vendor() + " cannot be reached: " + how.why,
                          std::to_string(how.code));
    }

    void end(const Answer& answer) {
        over_ = true;
        if (socket_) socket_->close();
        heard_.ended(answer);
    }

    sdk::Host host_;
    const sdk::AudioForm form_;
    const std::unique_ptr<Dialect> dialect_;
    sdk::Heard heard_;
    std::mutex mutex_;
    std::unique_ptr<sdk::WebSocket> socket_;
    bool over_ = false, open_ = false, finishing_ = false;
    bool said_ = false;  // the farewell, on this connection
    std::string kept_;   // sound that is not settled
    std::size_t keptFrom_ = 0, sentTo_ = 0,
                begun_ = 0;  // bytes of the stream; `begun_` where this connection began
    int tries_ = 0, openTicks_ = 0, quietTicks_ = 0, farewellTicks_ = 0;
};

}  // namespace

std::unique_ptr<Line> listenOver(sdk::Host host, const sdk::AudioForm& form, std::unique_ptr<Dialect> dialect,
                                 sdk::Heard heard) {
    return std::make_unique<Stream>(host, form, std::move(dialect), heard);
}

}  // namespace overture::speech
