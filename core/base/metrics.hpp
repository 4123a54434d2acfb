// What this process counts and how long things take, as Prometheus reads them (exposition format 0.0.4; names and units by its
// conventions). Every series is named in metrics.cpp. Any thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace overture::metrics {

/// ("plugin", "sim"), …: few values each, never a person's.
using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

/// Adds to a counter. A name that metrics.cpp does not know throws std::logic_error.
void count(std::string_view name, const Labels& labels = {}, double by = 1);

/// What a gauge stands at.
void set(std::string_view name, const Labels& labels, double value);

/// Puts a duration into a histogram, in seconds.
void observe(std::string_view name, const Labels& labels, std::chrono::nanoseconds took);

/// All of them, and the process's own figures.
std::string exposition();

}  // namespace overture::metrics
