#include "feed/feed.hpp"

#include <algorithm>
#include <charconv>

#include "base/log.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "queries/feed.hpp"

namespace overture::feed {
namespace {

constexpr int kForgottenTogether = 10000;
constexpr std::size_t kLongest = 8192;  // characters of a cursor

std::optional<std::int64_t> numberOf(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size() || number < 0 || text.front() == '-')
        return std::nullopt;
    return number;
}

/// "10:20:14,15": the lowest at work, the first not begun, and those at work between.
bool isSnapshot(const std::string& text) {
    const auto parts = split(text, ':');
    if (parts.size() != 3) return false;
    const auto lowest = numberOf(parts[0]), next = numberOf(parts[1]);
    if (!lowest || !next || *lowest < 1 || *lowest > *next) return false;
    auto before = *lowest - 1;
    if (parts[2].empty()) return true;
    for (const auto& part : split(parts[2], ',')) {
        const auto one = numberOf(part);
        if (!one || *one <= before || *one >= *next) return false;
        before = *one;
    }
    return true;
}

bool isLife(const std::string& text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
}

}  // namespace

std::string Cursor::text() const {
    auto text = life + "_" + seen;
    if (!upto.empty()) text += "_" + upto + "_" + std::to_string(position) + "_" + std::to_string(place);
    return text;
}

std::optional<Cursor> Cursor::parse(const std::string& text) {
    if (text.size() > kLongest) return std::nullopt;
    const auto parts = split(text, '_');
    if ((parts.size() != 2 && parts.size() != 5) || !isLife(parts[0]) || !isSnapshot(parts[1]))
        return std::nullopt;
    Cursor cursor{parts[0], parts[1]};
    if (parts.size() == 2) return cursor;
    const auto position = numberOf(parts[3]), place = numberOf(parts[4]);
    if (!isSnapshot(parts[2]) || !position || !place) return std::nullopt;
    cursor.upto = parts[2];
    cursor.position = *position;
    cursor.place = *place;
    return cursor;
}

const std::vector<std::string>& kinds() {
    static const std::vector<std::string> all{
        "message.received",  "message.written",    "message.noted",        "conversation.moved",
        "conversation.held", "conversation.taken", "conversation.closed",  "conversation.reopened",
        "meeting.held",      "meeting.booked",     "meeting.moved",        "meeting.cancelled",
        "meeting.expired",   "delivery.failed",    "delivery.undelivered", "delivery.held",
        "call.transferring", "call.taken",         "call.not_taken",       "campaign.created",
        "campaign.draft",    "campaign.running",   "campaign.paused",      "campaign.stopped",
        "campaign.finished", "campaign.progress"};
    return all;
}

Json documentOf(const Notice& notice) {
    return {{"id", notice.cursor.text()},
            {"kind", notice.kind},
            {"at", toRfc3339(notice.at)},
            {"data", notice.data}};
}

Cursor now(store::Transaction& tx) {
    const auto rows = tx.run(sql::feed::now);
    return {rows[0].text("life"), rows[0].text("seen")};
}

namespace {

/// What was sealed and then cut opens no more; whoever wants all of it asks for the message.
void openText(const store::Transaction& tx, Notice& notice) {
    if (!textOf(notice.data, "text").starts_with(store::kSealedMark)) return;
    try {
        if (!notice.data.value("text_cut", false)) return tx.open(notice.organization, notice.data);
    } catch (const Error& error) {
        log::error("notice_sealed",
                   {{"organization", notice.organization.text()}, {"problem", error.what()}});
    }
    notice.data["text"] = "";
    notice.data["text_cut"] = true;
}

}  // namespace

std::optional<Page> read(store::Transaction& tx, const std::vector<OrganizationId>& organizations,
                         const Cursor& from, int most, const std::string& upto, int furthest) {
    std::vector<std::string> ids;
    for (const auto& organization : organizations) ids.push_back(organization.text());
    const bool inside = !from.upto.empty();
    const auto horizon = inside ? from.upto : upto;
    const auto rows =
        tx.run(sql::feed::since,
               {store::Param::array(ids), from.life.empty() ? store::Param(nullptr) : store::Param(from.life),
                from.seen, horizon.empty() ? store::Param(nullptr) : store::Param(horizon), from.position,
                from.place, most, furthest});
    if (rows.empty()) return std::nullopt;
    Page page{{}, {rows[0].text("now_life"), rows[0].text("now_seen")}};
    for (const auto row : rows) {
        if (row.isNull("organization_id")) break;
        Notice notice{
            row.id<OrganizationId>("organization_id"),
            {page.next.life, from.seen, page.next.seen, row.integer("position"), row.integer("place")},
            row.integer("position"),
            row.integer("place"),
            row.instant("at"),
            row.text("kind"),
            row.json("data")};
        openText(tx, notice);
        page.notices.push_back(std::move(notice));
    }
    // One that was inside goes on from that snapshot: there may be more since.
    page.more = inside || page.notices.size() == static_cast<std::size_t>(most);
    if (page.notices.size() == static_cast<std::size_t>(most))
        page.next = page.notices.back().cursor;
    else if (!page.notices.empty())
        page.notices.back().cursor = page.next;
    return page;
}

int forget(store::Database& database, Instant before) {
    int all = 0;
    for (int gone = kForgottenTogether; gone == kForgottenTogether; all += gone) {
        auto tx = database.beginShared();
        gone = static_cast<int>(tx.run(sql::feed::forget, {before, kForgottenTogether})[0].integer("gone"));
        tx.commit();
    }
    return all;
}

void settle(store::Database& database) {
    auto tx = database.beginShared();
    if (tx.run(sql::feed::settle)[0].boolean("emptied"))
        log::warning("feed_emptied", {{"reason", "the database was read back into another cluster"}});
    tx.commit();
}

}  // namespace overture::feed
