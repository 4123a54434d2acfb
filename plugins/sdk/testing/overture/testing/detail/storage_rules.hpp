// Rules for whoever keeps objects.
#pragma once

#include <charconv>

namespace overture::testing::detail {

/// A server that keeps what is PUT to an address, until it is told to DELETE it. Any thread.
class ObjectServer {
public:
    HttpAnswer operator()(const HttpRequest& request) {
        const auto path = request.url.substr(0, request.url.find('?'));
        std::scoped_lock lock(mutex_);
        if (request.method == "PUT") {
            kept_[path] = request.body;
            return vendorSays(200, "", {{"ETag", "\"1\""}});
        }
        if (request.method == "DELETE") return vendorSays(kept_.erase(path) > 0 ? 204 : 404);
        const auto found = kept_.find(path);
        if (found == kept_.end()) return vendorSays(404, "<Error><Code>NoSuchKey</Code></Error>");
        return part(found->second, request);
    }
    std::size_t size() const {
        std::scoped_lock lock(mutex_);
        return kept_.size();
    }

private:
    static HttpAnswer part(const std::string& object, const HttpRequest& request) {
        std::string range;
        for (const auto& [name, value] : request.headers)
            if (sdk::detail::sameHeader(name, "Range")) range = value;
        if (!range.starts_with("bytes=")) return vendorSays(200, object, {{"ETag", "\"1\""}});
        const auto dash = range.find('-');
        const auto number = [&](std::size_t from, std::size_t to) {
            std::uint64_t value = 0;
            std::from_chars(range.data() + from, range.data() + to, value);
            return value;
        };
        const auto first = number(6, dash), last = number(dash + 1, range.size());
        const auto whole = std::to_string(object.size());
        if (first >= object.size()) return vendorSays(416, "", {{"Content-Range", "bytes */" + whole}});
        const auto bytes = object.substr(first, last - first + 1);
        return vendorSays(206, bytes,
                          {{"ETag", "\"1\""},
                           {"Content-Range", "bytes " + std::to_string(first) + "-" +
                                                 std::to_string(first + bytes.size() - 1) + "/" + whole}});
    }

    mutable std::mutex mutex_;
    std::map<std::string, std::string> kept_;
};

struct StorageTrial : Trial {
    explicit StorageTrial(const Subject& subject) : Trial(subject) {
        host.answerWith([this](const HttpRequest& request) { return server(request); });
    }
    Answer put(const std::string& key, const std::string& object) {
        return plugin->put({{"key", key}, {"content_type", "audio/wav"}}, object);
    }
    std::pair<Answer, std::string> get(Json request) {
        std::string bytes;
        auto answer = plugin->get(request, [&](std::string_view piece) {
            bytes += piece;
            return true;
        });
        return {std::move(answer), std::move(bytes)};
    }
    Answer remove(const std::string& key) { return plugin->call("storage/1", "remove", {{"key", key}}); }

    ObjectServer server;
};

inline const std::string kObject = "suite/2026/object-1.wav";

inline std::string objectBytes(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + i / 251);
    return bytes;
}

inline Verdict refusesOtherKeys(const Subject& subject) {
    StorageTrial trial(subject);
    for (const Json& key : std::vector<Json>{"",
                                             "/",
                                             "/a",
                                             "a/",
                                             "a//b",
                                             "..",
                                             "../a",
                                             "a/../b",
                                             "a/.b",
                                             ".a",
                                             "a b",
                                             "a\\b",
                                             "a%2fb",
                                             std::string("a\0b", 3),
                                             "a\nb",
                                             "é",
                                             "a?b",
                                             "a#b",
                                             7,
                                             nullptr,
                                             Json::array({"a"}),
                                             std::string(513, 'a')}) {
        const Json request{{"key", key}, {"seconds", 60}};
        const std::vector<std::pair<const char*, Answer>> answers{
            {"put", trial.plugin->put(request, "x")},
            {"get", trial.get(request).first},
            {"remove", trial.plugin->call("storage/1", "remove", request)}};
        for (const auto& [operation, answer] : answers)
            if (answer.outcome != Outcome::invalid || answer.message.empty())
                return broken(std::string(operation) + " of " + key.dump().substr(0, 40) + ": " +
                              shown(answer) + ", not invalid with a sentence");
    }
    return trial.host.requests().empty() ? kKept : broken("it asked somebody for a key that is none");
}

inline Verdict givesBackWhatItKeeps(const Subject& subject) {
    StorageTrial trial(subject);
    const auto object = objectBytes(9'000'001);
    for (const auto& bytes : {std::string("before"), std::string(), object})
        if (const auto put = trial.put(kObject, bytes);
            put.outcome != Outcome::ok || put.document.value("size", std::size_t{1}) != bytes.size())
            return broken("put of " + std::to_string(bytes.size()) + " bytes: " + shown(put));
    const std::vector<std::tuple<Json, std::size_t, std::size_t>> parts{
        {{{"key", kObject}}, 0, object.size()},
        {{{"key", kObject}, {"from", 8'999'000}}, 8'999'000, 1001},
        {{{"key", kObject}, {"from", 4'194'300}, {"most", 10}}, 4'194'300, 10},
        {{{"key", kObject}, {"from", 9'000'001}}, 9'000'001, 0},
        {{{"key", kObject}, {"from", 99'000'001}, {"most", 5}}, object.size(), 0}};
    for (const auto& [request, from, most] : parts) {
        const auto [answer, bytes] = trial.get(request);
        if (answer.outcome != Outcome::ok) return broken("get " + request.dump() + ": " + shown(answer));
        if (bytes != object.substr(from, most))
            return broken("get " + request.dump() + ": " + std::to_string(bytes.size()) +
                          " bytes that are not those asked for");
        if (answer.document.value("size", std::size_t{0}) != object.size())
            return broken("get " + request.dump() + ": the size is not the whole object's");
    }
    for (int again = 0; again < 2; ++again)
        if (const auto removed = trial.remove(kObject); removed.outcome != Outcome::ok)
            return broken("remove: " + shown(removed));
    const auto gone = trial.get({{"key", kObject}}).first;
    if (gone.outcome != Outcome::rejected || gone.code != "not_found")
        return broken("get of what was removed: " + shown(gone) + ", not rejected with the code not_found");
    return trial.server.size() == 0 ? kKept : broken("something of it is still there");
}

inline Verdict givesNoMoreThanWanted(const Subject& subject) {
    StorageTrial trial(subject);
    trial.put(kObject, objectBytes(9'000'000));
    int pieces = 0;
    const auto answer = trial.plugin->get({{"key", kObject}}, [&](std::string_view) { return ++pieces < 1; });
    trial.remove(kObject);
    if (pieces != 1)
        return broken("it handed over " + std::to_string(pieces) + " pieces after the first was enough");
    return answer.outcome == Outcome::cancelled ? kKept : broken(shown(answer) + ", not cancelled");
}

inline Verdict keepsOnManyThreads(const Subject& subject) {
    StorageTrial trial(subject);
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            const auto key = "suite/" + std::to_string(i) + ".wav", both = std::string("suite/both.wav");
            const auto object = objectBytes(100'000 + static_cast<std::size_t>(i));
            for (int round = 0; round < 10; ++round) {
                trial.put(both, object);
                const bool kept = trial.put(key, object).outcome == Outcome::ok;
                if (!kept || trial.get({{"key", key}}).second != object) ++wrong;
                if (trial.get({{"key", both}}).second.size() < 100'000) ++wrong;
            }
            trial.remove(key);
        });
    for (auto& thread : threads) thread.join();
    trial.remove("suite/both.wav");
    return wrong == 0 ? kKept : broken(std::to_string(wrong) + " objects were not what was put");
}

/// Whatever may have happened may be repeated: nothing is unknown.
inline Verdict keepsByItsVendor(const Subject& subject) {
    using enum Outcome;
    Trial asks(subject);
    asks.host.answerWith([](const HttpRequest&) { return vendorSays(500); });
    asks.plugin->put({{"key", kObject}}, "x");
    if (asks.host.requests().empty()) return skipped("it asks nobody through host.http");
    const std::vector<std::tuple<std::string, HttpAnswer, std::vector<Outcome>>> ways{
        {"a refused connection", {false, false, 0, {}, {}, "connection refused"}, {transient}},
        {"an answer that never came", {true, false, 0, {}, {}, "no answer before the deadline"}, {transient}},
        {"status 401", vendorSays(401, "<Error/>"), {auth}},
        {"status 403", vendorSays(403, "<Error/>"), {auth}},
        {"status 429", vendorSays(429, "", {{"Retry-After", "7"}}), {limited}},
        {"status 500", vendorSays(500, "<html>Sorry</html>"), {transient}},
        {"status 503", vendorSays(503, "<html>Sorry</html>"), {transient, limited}},
        {"status 302", vendorSays(302, "", {{"Location", "https://other.example/"}}), {auth, invalid}},
        {"a page with status 200",
         vendorSays(200, "<html>Sign in</html>", {{"Content-Type", "text/html"}}),
         {transient}}};
    for (const auto& [when, says, allowed] : ways) {
        Trial trial(subject);
        trial.host.answerWith([&](const HttpRequest&) { return says; });
        std::string handed;
        const std::vector<std::pair<const char*, Answer>> answers{
            {"put", trial.plugin->put({{"key", kObject}}, "the suite's own object")},
            {"get", trial.plugin->get({{"key", kObject}}, [&](std::string_view bytes) {
                 handed += bytes;
                 return true;
             })}};
        for (const auto& [operation, answer] : answers) {
            if (!allows(allowed, answer.outcome))
                return broken(std::string(operation) + ", " + when + ": " + shown(answer) + ", not " +
                              listed(allowed));
            if (answer.outcome == limited && when == "status 429" && answer.retryAfterMs.value_or(0) < 7000)
                return broken("Retry-After: 7 became " + std::to_string(answer.retryAfterMs.value_or(0)) +
                              " ms");
        }
        if (!handed.empty()) return broken("get, " + when + ": it handed that over");
    }
    return kKept;
}

inline Verdict linksForATime(const Subject& subject) {
    StorageTrial trial(subject);
    const auto link = [&](const Json& request) { return trial.plugin->call("storage/1", "link", request); };
    const auto answer =
        link({{"key", kObject}, {"seconds", 60}, {"file_name", "call.wav"}, {"content_type", "audio/wav"}});
    if (answer.outcome == Outcome::unsupported) return skipped("it gives no links");
    if (answer.outcome != Outcome::ok) return broken(shown(answer));
    if (!answer.document.value("url", "").starts_with("http") || !answer.document.contains("expires_at"))
        return broken("ok without a url or expires_at");
    for (const auto& [name, value] : subject.sample.secrets)
        if (name.find("secret") != std::string::npos &&
            answer.document["url"].get<std::string>().find(value) != std::string::npos)
            return broken("its link holds the secret \"" + name + "\"");
    for (const Json& seconds : std::vector<Json>{nullptr, 0, -1, "60", 1e9, 604'801})
        if (const auto other = link({{"key", kObject}, {"seconds", seconds}});
            other.outcome != Outcome::invalid)
            return broken("seconds " + seconds.dump() + ": " + shown(other) + ", not invalid");
    if (const auto other = link({{"key", kObject}, {"seconds", 60}, {"file_name", "a\"\r\nX: y"}});
        other.outcome != Outcome::invalid)
        return broken("a file's name with a line break: " + shown(other) + ", not invalid");
    return kKept;
}

inline void addStorageRules(std::vector<Rule>& rules) {
    rules.push_back(
        {"storage-keys", "refuses a key that is none, before anybody is asked", refusesOtherKeys});
    rules.push_back({"storage-round", "gives back what it keeps, whole and in parts, until it is removed",
                     givesBackWhatItKeeps});
    rules.push_back({"storage-stop", "hands over nothing more when nobody wants it", givesNoMoreThanWanted});
    rules.push_back(
        {"storage-threads", "keeps for many threads at once, and never half an object", keepsOnManyThreads});
    rules.push_back(
        {"storage-vendor", "tells what its vendor's answers mean, none of them unknown", keepsByItsVendor});
    rules.push_back({"storage-link", "gives links for a time, without a secret", linksForATime});
}

}  // namespace overture::testing::detail
