#include "turn/rows.hpp"

#include "base/metrics.hpp"

namespace overture::turn {

Lead leadOf(const store::Row& row) {
    Lead lead;
    lead.id = row.id<LeadId>("lead_id");
    lead.externalId = row.text("external_id");
    lead.firstName = row.text("first_name");
    lead.lastName = row.text("last_name");
    lead.phone = row.text("phone");
    lead.email = row.text("email");
    lead.country = row.text("country");
    lead.state = row.text("lead_state");
    lead.postalCode = row.text("postal_code");
    lead.zone = row.text("zone");
    lead.language = row.text("lead_language");
    lead.company = row.text("company");
    lead.title = row.text("title");
    lead.custom = row.json("custom");
    lead.evidence = row.json("evidence");
    return lead;
}

store::Param idsOf(const std::vector<Event>& events) {
    std::vector<std::string> ids;
    for (const auto& event : events) ids.push_back(event.id.text());
    return store::Param::array(ids);
}

void countVerdict(const compliance::Verdict& verdict, const std::string& channel) {
    static constexpr const char* kAnswers[] = {"permit", "not_before", "refused"};
    metrics::count("overture_gate_verdicts_total",
                   {{"channel", channel}, {"verdict", kAnswers[verdict.index()]}});
}

}  // namespace overture::turn
