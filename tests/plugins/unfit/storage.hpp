#pragma once

#include <algorithm>
#include <atomic>
#include <overture/storage.hpp>

#include "party.hpp"

namespace unfit {

/// Its vendor keeps what is PUT at an address.
class UnfitStorage final : public Storage, Party {
public:
    using Party::Party;

    Answer put(const Json& request, std::string_view object, const Call& call) override {
        const auto key = keyOf(request);
        const auto answer = exchange(call, {"PUT", key, {}, std::string(object)});
        if (answer.status == 200 && answer.header("ETag").empty() && !breaks("storage-vendor"))
            return Answer::no(Outcome::transient, "this is no store");
        return answer.status == 200 ? Answer::ok({{"size", object.size()}}) : outcomeOf(answer);
    }
    Answer get(const Json& request, const ObjectSink& sink, const Call& call) override {
        const auto key = keyOf(request);
        const auto answer = exchange(call, {"GET", key, {}, {}});
        if (answer.status == 404) return Answer::no(Outcome::rejected, "there is none", "not_found");
        if (answer.status != 200 || answer.header("ETag").empty()) return outcomeOf(answer);
        const ObjectRequest asked(request);
        const auto size = answer.body.size();
        const auto from =
            breaks("storage-round") ? 0 : std::min(static_cast<std::size_t>(asked.from()), size);
        const bool half = breaks("storage-threads") && ++given_ > 4;
        const auto until =
            from + std::min(static_cast<std::size_t>(asked.most()), size - from) / (half ? 2 : 1);
        for (auto at = from; at < until; at += kPiece)
            if (!sink(std::string_view(answer.body).substr(at, std::min(kPiece, until - at))) &&
                !breaks("storage-stop"))
                return Answer::no(Outcome::cancelled, "enough");
        return Answer::ok({{"size", size}});
    }
    Answer remove(const Json& request, const Call& call) override {
        const auto answer = exchange(call, {"DELETE", keyOf(request), {}, {}});
        return answer.status == 204 || answer.status == 404 ? Answer::ok(Json::object()) : outcomeOf(answer);
    }
    Answer link(const Json& request, const Call&) override {
        const ObjectRequest asked(request);
        asked.fileName();
        auto url = "https://store.unfit.example/" + asked.key() + "?for=" + std::to_string(asked.seconds());
        if (breaks("storage-link")) url += "&key=" + host_.secret("signing_secret").value_or("");
        return Answer::ok({{"url", url}, {"expires_at", "2026-03-01T17:10:00Z"}});
    }

private:
    static constexpr std::size_t kPiece = 1 << 20;

    std::string keyOf(const Json& request) const {
        return breaks("storage-keys") && request.value("key", Json()) == "../a"
                   ? "a"
                   : ObjectRequest(request).key();
    }
    HttpAnswer exchange(const Call& call, HttpRequest request) {
        request.url = "https://store.unfit.example/" + request.url;
        request.deadlineMs = call.deadlineMs;
        return host_.http(request);
    }
    static Answer outcomeOf(const HttpAnswer& answer) {
        if (!answer.answered || answer.status >= 500 || answer.status < 300)
            return Answer::no(Outcome::transient, "the store is unwell");
        if (answer.status == 429) {
            auto wait = Answer::no(Outcome::limited, "not so fast");
            wait.retryAfterMs = 7000;
            return wait;
        }
        return Answer::no(Outcome::auth, "check signing_secret");
    }

    std::atomic<int> given_ = 0;
};

}  // namespace unfit
