// Inside api: what the handlers and the schemas of several routes share.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/route.hpp"

namespace overture::api {

/// What hashes a password or asks an issuer: when this server has too much to do for it, nothing was tried.
template <typename Work, typename TakeBack>
auto orTakeBack(const Work& work, const TakeBack& takeBack) {
    try {
        return work();
    } catch (const tenant::TooManyAtOnce&) {
        takeBack();
        throw;
    }
}

/// What an expected Error says, as a refusal.
template <typename Work>
auto orRefuse(int status, const char* code, const Work& work, const char* field = "") {
    try {
        return work();
    } catch (const store::DatabaseError&) {
        throw;
    } catch (const Error& error) {
        throw Refusal{status, code, error.problem().sentence(), field};
    }
}

/// Values by the names of their columns.
using Cells = std::vector<std::pair<std::string, std::string>>;
/// A list of one row, so that it is read, cleaned and merged as every other.
std::string listOfOne(const Cells& cells);
/// `limit` and `after`, for lists, and `more`, the list's own.
Json listQuery(Json more = Json::object());
/// {"items": […], "next": the cursor of the next page, or null}; `item` is the schema of one.
Json listSchema(const Json& item);
/// The id after which the page begins. Throws Refusal.
std::optional<Uuid> after(const Call& call);
Uuid highest();  ///< no id is above it
/// What the ids of a page are below that begins with the newest: after(), or the highest. Throws Refusal.
Uuid below(const Call& call);
/// One more than a page has, so that it is known whether there is another.
int rowsWanted(const Call& call);
/// A page of `items`, of which there may be one too many.
Answer page(const Call& call, Json items);
/// A list that has one page.
Answer all(Json items);
/// The version with which a campaign's new conversations begin. Throws Refusal: there is none such, or nobody is added to it.
std::string versionThatTakesLeads(Call& call, const CampaignId& campaign);
Json importReportSchema();
/// Throws Refusal 404.
[[noreturn]] void notFound(const std::string& what);
/// Throws Refusal 429: somebody who guesses waits so long.
[[noreturn]] void tooOften(seconds wait);
/// What a header says, as the database takes it.
std::string plainText(const std::string& header);
/// The ETag of a conversation.
std::string tagOf(const store::Row& row);
/// The ETag of what has no number of its changes.
std::string tagOf(const Json& document);
/// For what is read in lists only: the same with its `tag`, which a change takes as If-Match.
Json tagged(Json document);
Json textOrNull(const store::Row& row, const char* column);
Json timeOrNull(const store::Row& row, const char* column);
Json timeOrNull(const std::optional<Instant>& at);
/// An object schema with exactly these properties, all of them required.
Json object(Json properties);
/// One with no others than these, of which some must be there.
Json object(Json properties, Json required);
Json type(const char* name, const char* about = "");
Json maybe(const char* name, const char* about = "");  ///< or null
Json uuid(const char* about = "");
Json time(const char* about = "");
Json maybeTime(const char* about = "");

}  // namespace overture::api
