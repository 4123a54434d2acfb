#include "service/unsubscribing.hpp"

#include "base/failpoint.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "compliance/records.hpp"
#include "queries/service.hpp"

namespace overture::service {
namespace {

constexpr const char* kAsk =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"robots\" "
    "content=\"noindex\">"
    "<title>Unsubscribe</title></head>\n<body><h1>Unsubscribe</h1><p>You will get no more messages from us, "
    "by any "
    "channel.</p>\n<form method=\"post\"><button>Unsubscribe</button></form></body></html>\n";
constexpr const char* kDone =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Unsubscribed</title></head>\n"
    "<body><h1>Done</h1><p>You will get no more messages from us.</p></body></html>\n";
constexpr const char* kPurpose = "unsubscribe";
constexpr std::size_t kSignatureDigits = 32;
constexpr const char* kPage = "text/html; charset=utf-8";

HttpAnswer notHere() {
    return {404, "text/plain", "there is nothing here\n"};
}

}  // namespace

Unsubscribing::Unsubscribing(store::Database& database, const Clock& clock, const tenant::Vault& vault,
                             std::string publicUrl, std::function<void()> wake)
    : database_(database),
      clock_(clock),
      vault_(vault),
      publicUrl_(std::move(publicUrl)),
      wake_(std::move(wake)) {}

std::string Unsubscribing::urlOf(const OrganizationId& organization, const DeliveryId& delivery) const {
    const auto what = organization.text() + "/" + delivery.text();
    return publicUrl_ + kPath + what + "/" + vault_.sign(kPurpose, what).substr(0, kSignatureDigits);
}

std::optional<Unsubscribing::Target> Unsubscribing::targetOf(const std::string& path) const {
    const auto pieces = split(path.substr(std::min(path.size(), std::string_view(kPath).size())), '/');
    if (!path.starts_with(kPath) || pieces.size() != 3) return std::nullopt;
    const auto organization = OrganizationId::parse(pieces[0]);
    const auto delivery = DeliveryId::parse(pieces[1]);
    if (!organization || !delivery) return std::nullopt;
    if (pieces[2].size() != kSignatureDigits ||
        !vault_.isSigned(kPurpose, organization->text() + "/" + delivery->text(), pieces[2]))
        return std::nullopt;
    return Target{*organization, *delivery};
}

HttpAnswer Unsubscribing::answer(const std::string& method, const std::string& path) {
    const auto target = targetOf(path);
    if (!target) return notHere();
    if (method == "GET" || method == "HEAD") return {200, kPage, kAsk};
    if (method != "POST") return {405, "text/plain", "GET or POST\n"};
    try {
        return optOut(*target) ? HttpAnswer{200, kPage, kDone} : notHere();
    } catch (const store::DatabaseError& error) {
        log::error("unsubscribing_not_kept",
                   {{"delivery", target->delivery.text()}, {"error", error.what()}});
        return {503, "text/plain", "try again later\n"};
    }
}

bool Unsubscribing::optOut(const Target& target) {
    const auto now = clock_.now();
    auto tx = database_.begin(target.organization);
    const auto rows = tx.run(sql::service::receiver_of_delivery, {target.organization, target.delivery});
    if (rows.empty()) return false;
    const auto row = rows[0];
    const auto channel = row.text("channel"), recipient = row.text("recipient");
    const Json proof{{"text", "unsubscribe"},
                     {"why", "one click in delivery " + target.delivery.text()},
                     {"channel", channel},
                     {"at", toRfc3339(now)}};
    std::vector<std::string> addresses{recipient};
    for (const char* name : {"phone", "email"})
        if (const auto address = row.isNull(name) ? "" : row.text(name);
            !address.empty() && address != recipient)
            addresses.push_back(address);
    compliance::suppress(tx, target.organization, addresses, "opted out", proof, now);
    const auto key = "unsubscribe:" + target.delivery.text();
    (void)turn::post(
        tx, target.organization,
        {{EventId(uuid7(now, key)),
          row.id<ConversationId>("conversation_id"),
          "message",
          now,
          now,
          key,
          {{"text", "unsubscribe"}, {"from", recipient}, {"channel", channel}, {"one_click", true}}}});
    failpoint("unsubscribe.before_commit");
    tx.commit();
    wake_();
    return true;
}

}  // namespace overture::service
