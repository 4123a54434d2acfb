// Room feed: what happened in an organization, told in the order in which it was committed, to those who listen.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/json.hpp"
#include "store/database.hpp"

namespace overture::feed {

/// How far somebody has listened: which transactions were seen, not how many. As text it may be kept anywhere and shown to any
/// node; it means nothing to another database.
struct Cursor {
    std::string life;                      ///< of the database that it belongs to
    std::string seen;                      ///< a snapshot as PostgreSQL writes it
    std::string upto = {};                 ///< and of what came between this and `seen` …
    std::int64_t position = 0, place = 0;  ///< … everything up to here; without `upto` there is no such part

    std::string text() const;
    static std::optional<Cursor> parse(const std::string& text);
    bool operator==(const Cursor&) const = default;
};

/// One thing that is told.
struct Notice {
    OrganizationId organization;
    Cursor cursor;                         ///< after it
    std::int64_t position = 0, place = 0;  ///< together unlike those of any other
    Instant at;
    std::string kind;  ///< "message.received"
    Json data;
};

/// Every kind there is; "campaign.progress" is told live only.
const std::vector<std::string>& kinds();

/// {"id", "kind", "at", "data"}: as it is told.
Json documentOf(const Notice& notice);

/// From now on.
Cursor now(store::Transaction& tx);

struct Page {
    std::vector<Notice> notices;
    Cursor next;        ///< continues after them
    bool more = false;  ///< there are further ones
};

inline constexpr int kFurthest = 20000;  // rows that a listener may be behind

/// What these organizations are told after `from`, until now or the snapshot `upto`, in order, at most `most`. Nothing is skipped
/// and nothing told twice, however long transactions take and in whatever order they commit. Nothing when the cursor cannot be
/// continued: it is older than what is kept, too far behind, or of another database (no `life`: it was kept in this one). The listener then reads the state anew.
std::optional<Page> read(store::Transaction& tx, const std::vector<OrganizationId>& organizations,
                         const Cursor& from, int most, const std::string& upto = {},
                         int furthest = kFurthest);

inline constexpr days kKept{7};

/// Removes what was told before then. Returns how many rows.
int forget(store::Database& database, Instant before);

/// At the engine's start: what a dump from another database brought along is not told here.
void settle(store::Database& database);

}  // namespace overture::feed
