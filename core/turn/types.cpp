#include "turn/types.hpp"

namespace overture::turn {

compliance::PlaceEvidence Lead::place() const {
    compliance::PlaceEvidence place;
    place.phone = phone;
    place.country = country;
    place.state = state;
    place.postalCode = postalCode;
    place.zone = zone;
    place.said = textOf(evidence, "said");
    place.ipState = textOf(evidence, "ip_state");
    return place;
}

Json Lead::toJson() const {
    return {{"id", id.text()},       {"external_id", externalId}, {"first_name", firstName}, {"last_name", lastName},
            {"phone", phone},        {"email", email},            {"country", country},      {"state", state},
            {"postal_code", postalCode}, {"zone", zone},          {"language", language},    {"company", company},
            {"title", title},        {"custom", custom}};
}

}  // namespace overture::turn
