// Rules for every plugin, whatever it offers.
#pragma once

#include <dirent.h>

#include <thread>

namespace overture::testing::detail {

inline std::size_t entriesIn(const char* folder) {
    std::size_t count = 0;
    DIR* const opened = ::opendir(folder);
    if (opened == nullptr) return 0;
    while (::readdir(opened) != nullptr) ++count;
    ::closedir(opened);
    return count;
}

inline Verdict listsWhatItOffers(const Subject& subject) {
    if (subject.entry->get_capability("no.such/1") != nullptr)
        return broken("it gives a table for \"no.such/1\"");
    Trial trial(subject);
    if (trial.plugin->offers("no.such/1")) return broken("a binding offers \"no.such/1\"");
    bool any = false;
    for (const char* const* capability = subject.entry->capabilities; *capability != nullptr; ++capability) {
        if (subject.entry->get_capability(*capability) == nullptr)
            return broken(std::string("it lists ") + *capability + " and has no table for it");
        any = any || trial.plugin->offers(*capability);
    }
    return any ? kKept : broken("the sample's binding offers none of the capabilities");
}

inline Verdict refusesBrokenSettings(const Subject& subject) {
    for (const std::string text : {"", "{", "[]", "null", "17", "{}", "\"\xff\""}) {
        FakeHost host;
        for (const auto& [name, value] : subject.sample.secrets) host.secret(name, value);
        std::string problem;
        const overture_sink_t sink{&problem, [](void* context, overture_text_t bytes) {
                                       static_cast<std::string*>(context)->append(bytes.data, bytes.size);
                                   }};
        if (subject.entry->open(host.table(), &sink) != OVERTURE_OK) return broken("open: " + problem);
        overture_instance_t* instance = nullptr;
        const auto outcome =
            subject.entry->create(host.table(), {text.data(), text.size()}, &sink, &instance);
        if (outcome == OVERTURE_OK && instance != nullptr) subject.entry->destroy(instance);
        subject.entry->close();
        if (outcome == OVERTURE_OK && text != "{}") return broken("it took the settings " + text);
        if (outcome != OVERTURE_OK && problem.empty())
            return broken("it refused the settings " + text + " without a sentence");
    }
    return kKept;
}

inline Verdict refusesBrokenRequests(const Subject& subject) {
    Trial trial(subject);
    trial.host.answerWith([](const HttpRequest&) { return vendorSays(500); });
    const std::string deep(100'000, '['), large(1 << 20, 'x');
    for (const auto& operation : operationsOf(subject.entry))
        for (const auto& text : {std::string(), std::string("{"), std::string("[]"), std::string("null"),
                                 std::string("{\"to\": \"\xff\"}x"), deep, large}) {
            const auto answer = trial.askText(operation, text);
            const auto what =
                operation + " of " + (text.size() > 20 ? text.substr(0, 20) + "…" : "\"" + text + "\"");
            if (answer.outcome == Outcome::ok) return broken(what + ": it answered ok");
            if (answer.message.empty()) return broken(what + ": " + shown(answer) + " without a sentence");
        }
    return kKept;
}

/// Members that are absent or of another type, one at a time.
inline Verdict bearsWrongTypes(const Subject& subject) {
    const std::vector<Json> strangers{nullptr,
                                      true,
                                      -1,
                                      1e300,
                                      "",
                                      Json::array(),
                                      Json::object(),
                                      Json::array({1}),
                                      std::string(5000, 'x')};
    Trial trial(subject);
    trial.host.answerWith([](const HttpRequest&) { return vendorSays(500); });
    for (const auto& operation : operationsOf(subject.entry)) {
        const auto good = trial.request(operation);
        const auto tell = [&](const Json& request, const std::string& what) -> std::string {
            const auto answer = trial.ask(operation, request);
            if (answer.outcome == Outcome::ok || !answer.message.empty()) return {};
            return operation + " with " + what + ": " + shown(answer) + " without a sentence";
        };
        for (const auto& [name, value] : good.items()) {
            auto request = good;
            request.erase(name);
            if (auto fault = tell(request, "no \"" + name + "\""); !fault.empty()) return broken(fault);
            for (const auto& stranger : strangers) {
                request[name] = stranger;
                if (auto fault = tell(request, "a strange \"" + name + "\""); !fault.empty())
                    return broken(fault);
            }
        }
    }
    return kKept;
}

inline Verdict leavesNothingBehind(const Subject& subject) {
    const auto once = [&] {
        Trial trial(subject);
        trial.host.answerWith([](const HttpRequest&) { return vendorSays(500); });
        for (const auto& operation : operationsOf(subject.entry)) trial.ask(operation);
    };
    once();
    const auto files = entriesIn("/proc/self/fd"), threads = entriesIn("/proc/self/task");
    for (int i = 0; i < 20; ++i) once();
    const auto moreFiles = entriesIn("/proc/self/fd"), moreThreads = entriesIn("/proc/self/task");
    if (moreFiles > files)
        return broken(std::to_string(moreFiles - files) + " files stay open after 20 bindings");
    if (moreThreads > threads)
        return broken(std::to_string(moreThreads - threads) + " threads go on after 20 bindings");
    return kKept;
}

/// Many threads ask one binding the same: each hears what one alone hears.
inline Verdict serveManyThreads(const Subject& subject) {
    constexpr int kThreads = 8, kCalls = 25;
    for (const auto& operation : operationsOf(subject.entry)) {
        Trial trial(subject);
        const auto good = goodAnswer(subject, operation);
        trial.host.answerWith([&](const HttpRequest&) { return good ? *good : vendorSays(400, "{}"); });
        const auto alone = trial.ask(operation);
        std::mutex mutex;
        std::string fault;
        std::vector<std::thread> threads;
        for (int i = 0; i < kThreads; ++i)
            threads.emplace_back([&] {
                std::string seen;
                try {
                    for (int call = 0; call < kCalls && seen.empty(); ++call)
                        if (const auto answer = trial.ask(operation);
                            answer.outcome != alone.outcome || answer.code != alone.code)
                            seen = shown(answer) + ", alone: " + shown(alone);
                } catch (const std::exception& error) {
                    seen = error.what();
                }
                const std::scoped_lock lock(mutex);
                if (fault.empty()) fault = seen;
            });
        for (auto& thread : threads) thread.join();
        if (!fault.empty()) return broken(operation + ": " + fault);
    }
    return kKept;
}

inline void addGeneralRules(std::vector<Rule>& rules) {
    rules.push_back(
        {"capabilities", "has a table for what it lists, and for nothing else", listsWhatItOffers});
    rules.push_back({"broken-settings", "refuses settings that are no JSON object, with a sentence",
                     refusesBrokenSettings});
    rules.push_back({"broken-requests", "refuses requests that are no JSON object, however deep or large",
                     refusesBrokenRequests});
    rules.push_back(
        {"strange-requests", "bears members that are absent or of another type", bearsWrongTypes});
    rules.push_back({"leftovers", "leaves no file open and no thread running when its bindings are gone",
                     leavesNothingBehind});
    rules.push_back({"threads", "answers many threads as it answers one", serveManyThreads});
}

}  // namespace overture::testing::detail
