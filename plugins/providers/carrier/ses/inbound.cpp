#include "inbound.hpp"

#include <algorithm>
#include <array>

#include "overture/documents.hpp"
#include "overture/instant.hpp"

namespace overture::ses {

using sdk::Json;
using sdk::listIn;
using sdk::objectIn;
using sdk::textOf;

namespace {

Json status(const Json& event, const std::string& id, const Settings& settings, const char* word) {
    const auto message = textOf(objectIn(event, "mail"), "messageId");
    if (message.empty()) return nullptr;
    return {{"kind", "status"},
            {"id", sdk::validText(id)},
            {"reference", sdk::validText(settings.messageId(message))},
            {"status", word}};
}

Json bounce(const Json& event, const std::string& id, const Settings& settings) {
    auto made = status(event, id, settings, "undelivered");
    if (made.is_null()) return made;
    const auto& bounce = objectIn(event, "bounce");
    const auto& recipients = listIn(bounce, "bouncedRecipients");
    const auto code = recipients.empty() ? std::string() : textOf(recipients[0], "status");
    const auto kind = textOf(bounce, "bounceSubType");
    constexpr std::array<std::string_view, 3> kGone{"NoEmail", "Suppressed", "OnAccountSuppressionList"};
    made["code"] = sdk::validText(code.empty() ? kind : code);
    made["final"] = textOf(bounce, "bounceType") == "Permanent" &&
                    (code.starts_with("5.1.") || std::find(kGone.begin(), kGone.end(), kind) != kGone.end());
    return made;
}

void addStop(Json& events, const Json& event, const std::string& id, const Settings& settings,
             const std::string& address) {
    if (address.empty()) return;
    Json stop{{"kind", "message"},
              {"id", sdk::validText("stop:" + id + ":" + address)},
              {"from", sdk::validText(address)},
              {"to", ""},
              {"text", "STOP"},
              {"channel", "email"}};
    if (const auto message = textOf(objectIn(event, "mail"), "messageId"); !message.empty())
        stop["answers"] = {sdk::validText(settings.messageId(message))};
    events.push_back(std::move(stop));
}

}  // namespace

Json eventsOf(const Json& event, const std::string& id, const Settings& settings) {
    auto kind = textOf(event, "eventType");
    if (kind.empty()) kind = textOf(event, "notificationType");
    auto events = Json::array();
    const auto add = [&](Json one) {
        if (!one.is_null()) events.push_back(std::move(one));
    };
    if (kind == "Delivery") add(status(event, id, settings, "delivered"));
    if (kind == "Reject") add(status(event, id, settings, "failed"));
    if (kind == "Bounce") add(bounce(event, id, settings));
    if (kind == "Complaint")
        for (const auto& person : listIn(objectIn(event, "complaint"), "complainedRecipients"))
            addStop(events, event, id, settings, textOf(person, "emailAddress"));
    if (kind == "Subscription" &&
        objectIn(objectIn(event, "subscription"), "newTopicPreferences").value("unsubscribeAll", Json()) ==
            true)
        for (const auto& address : listIn(objectIn(event, "mail"), "destination"))
            if (address.is_string()) addStop(events, event, id, settings, address.get<std::string>());
    return events;
}

}  // namespace overture::ses
