#pragma once

#include "compliance/gate.hpp"
#include "turn/types.hpp"

namespace overture::turn {

/// The lead of a row that carries the lead's columns; `state` and `language` as lead_state and lead_language.
Lead leadOf(const store::Row& row);

/// The ids as a uuid[] parameter.
store::Param idsOf(const std::vector<Event>& events);

/// For the metrics: what the gate said when a message was about to leave.
void countVerdict(const compliance::Verdict& verdict, const std::string& channel);

}  // namespace overture::turn
