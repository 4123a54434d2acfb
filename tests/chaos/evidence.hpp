// Reads what the judge needs.
#pragma once

#include "chaos/judge.hpp"
#include "chaos/world.hpp"

namespace overture::chaos {

/// What there is still to do: pending messages, deliveries on their way, turns left open. Throws when the database is away.
struct Open {
    int events = 0, deliveries = 0, turns = 0;
    int all() const { return events + deliveries + turns; }
};
Open openWork(const World& world);

Evidence gather(const World& world, std::vector<Inbound> inbound);

}  // namespace overture::chaos
