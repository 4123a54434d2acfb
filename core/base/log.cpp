#include "base/log.hpp"

#include <atomic>
#include <cstdio>
#include <mutex>

#include "base/clock.hpp"
#include "base/log_context.hpp"
#include "base/time.hpp"

namespace overture::log {
namespace {

std::atomic<Level> threshold{Level::warning};
thread_local Json context;

const char* name(Level level) {
    switch (level) {
        case Level::debug: return "debug";
        case Level::info: return "info";
        case Level::warning: return "warning";
        case Level::error: return "error";
    }
    return "error";
}

}  // namespace

Context::Context(const Json& fields) : before_(context) {
    if (!context.is_object()) context = Json::object();
    context.update(fields);
}

Context::~Context() {
    context = std::move(before_);
}

std::string contextField(const char* name) {
    return textOf(context, name);
}

void setLevel(Level level) {
    threshold = level;
}

void write(Level level, std::string_view event, const Json& fields) {
    if (level < threshold.load()) return;
    std::string line = "{\"time\":\"" + toRfc3339(SystemClock{}.now()) + "\",\"level\":\"" + name(level) +
                       "\",\"event\":" + Json(event).dump();
    auto all = context.is_object() ? context : Json::object();
    if (fields.is_object()) all.update(fields);
    if (!all.empty())
        line += "," + toText(all).substr(1);
    else
        line += "}";
    line += "\n";
    static std::mutex mutex;
    std::scoped_lock lock(mutex);
    std::fwrite(line.data(), 1, line.size(), stderr);
}

void info(std::string_view event, const Json& fields) {
    write(Level::info, event, fields);
}
void warning(std::string_view event, const Json& fields) {
    write(Level::warning, event, fields);
}
void error(std::string_view event, const Json& fields) {
    write(Level::error, event, fields);
}

}  // namespace overture::log
