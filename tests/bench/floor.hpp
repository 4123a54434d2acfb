// What PostgreSQL alone can do with the rows of a turn.
#pragma once

#include <string>

namespace overture::bench {

struct Floor {
    double turnsPerSecond = 0, cpuPerThousand = 0;
};

/// Writes for five seconds, from sixteen sessions, what a turn leaves behind (event, two steps, two messages, conversation, permit,
/// delivery and its receipt, mailbox) in the tables as they are, `turns` turns in each transaction, default durability.
Floor measureFloor(const std::string& url, const std::string& cluster, int turns);

}  // namespace overture::bench
