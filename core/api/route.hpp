// Inside api: what a route is, and what its handler works with.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/api.hpp"
#include "api/issuer.hpp"
#include "api/long_work.hpp"
#include "tenant/audit.hpp"
#include "tenant/keys.hpp"
#include "tenant/sessions.hpp"

namespace overture::api {

/// Ends a call with a problem; nothing that it did stays.
struct Refusal {
    int status;
    std::string code;    ///< "not_found": the same word for the same reason, for programs
    std::string detail;  ///< a sentence for people
    std::string field = {};
    seconds retryAfter{};  ///< 0: not said
};

/// What handlers work with beside the database.
struct Means {
    store::Database& database;
    const tenant::Vault* vault;  ///< nothing: nobody signs in here
    tenant::Passwords& passwords;
    tenant::Guesses& guesses;
    Limits& forms;  ///< sent from one network
    Issuers& issuers;
    LongWork& longWork;
    plugin::Host* plugins;
    std::function<plugin::Terms(const OrganizationId&, const tenant::Binding&)> terms;
    RecordingLink recordingLink = {};  ///< nothing: no recordings are handed out here

    /// Throws Refusal 503 where there are none.
    plugin::Host& host() const;
    const tenant::Vault& sealing() const;  ///< throws Refusal 503 without a vault
};

/// Who calls: a key, or a person who has signed in.
struct Caller {
    tenant::Actor actor;
    tenant::Role role = tenant::Role::agent;
    std::vector<std::string> scopes = {};  ///< of a key; empty: all that its role may
    std::optional<tenant::Key> key = {};
    std::optional<tenant::Session> session = {};
};

/// Where a call came from.
struct Origin {
    std::string network, program;
};

/// One call of one route, after its caller, its role, its parameters and its body were found good.
struct Call {
    store::Database& database;  ///< for what begins transactions of its own and may be said again
    store::Transaction& tx;
    const OrganizationId& organization;
    const Caller& caller;
    Means& means;
    const Origin& origin;
    Instant now;
    std::map<std::string, Uuid> ids;   ///< of the path: "conversation"
    Json query;                        ///< typed, with the defaults
    Json body;                         ///< likewise
    std::string ifMatch;               ///< "" without one
    const Request* request = nullptr;  ///< as it came

    template <typename T>
    T id(const std::string& name) const {
        return T(ids.at(name));
    }
    /// Throws Refusal 412 when the caller meant another state of the thing than `tag`.
    void mustMatch(const std::string& tag) const;
    /// The person who calls, for routes that are for people only.
    const tenant::Session& session() const { return *caller.session; }
    /// Who speaks: a person in their own name; a key in the name that it gives ("by"), or its own. Throws Refusal.
    std::string speaker() const;
};

/// One call of a route that is for everybody: as no organization, and without a transaction.
struct OpenCall {
    Means& means;
    const Origin& origin;
    Instant now;
    std::map<std::string, Uuid> ids;
    Json query, body;
    const Json& headers;  ///< names in lower case
};

struct Answer {
    Json document;
    std::string tag = {};               ///< its ETag, without quotes
    bool wakesEngine = false;           ///< there may be something to do now
    Json audited = Json::object();      ///< what the audit keeps beside who, when and where
    bool secret = false;                ///< shown once: not kept for an Idempotency-Key either
    std::optional<Stream> stream = {};  ///< the caller wants to be told from now on
};

struct Route {
    std::string method;
    std::string path;       ///< "/v1/conversations/{conversation}"; each part in braces is a UUID
    std::string operation;  ///< "showConversation": its name for programs and in the audit
    std::string about;
    tenant::Role least;  ///< who may call it
    Json query;          ///< properties by name, as JSON Schema; null for none
    Json body;           ///< JSON Schema of the request's body; null for none
    Json answer;         ///< JSON Schema of the answer
    Answer (*handler)(Call&);
    Answer (*open)(OpenCall&) = nullptr;  ///< in place of the handler: for everybody, whoever they are
    bool peopleOnly = false;              ///< a key may not
    bool letsIn = false;                  ///< a key with scopes may not: whom it lets in would have none
    int status = 200;                     ///< 202: it goes on; `self` of the answer is its Location
};

/// What of the API a scope names: "leads" for /v1/leads/…; "me" is everybody's own.
std::string areaOf(const Route& route);
/// Why one of these is no scope, as a sentence; nothing when they all are.
std::optional<std::string> faultOfScopes(const std::vector<std::string>& scopes);

/// What somebody gets who has signed in: {token, expires_at, organization, user: {id, name, role}}.
Json signedIn(const tenant::Begun& begun, const OrganizationId& organization, const tenant::User& user);
/// Why this is no origin of a page, as a sentence; nothing for "https://www.brightroof.example" and the like.
std::optional<std::string> faultOfOrigin(const std::string& text);

/// Every route, in the order of the document.
const std::vector<Route>& routes();
std::vector<Route> signInRoutes();
std::vector<Route> issuerRoutes();
std::vector<Route> userRoutes();
std::vector<Route> accountRoutes();
std::vector<Route> campaignRoutes();
std::vector<Route> planRoutes();
std::vector<Route> reportRoutes();
std::vector<Route> notificationRoutes();
std::vector<Route> leadRoutes();
std::vector<Route> importRoutes();
std::vector<Route> conversationRoutes();
std::vector<Route> callRoutes();
std::vector<Route> meetingRoutes();
std::vector<Route> liveRoutes();
std::vector<Route> holdRoutes();
std::vector<Route> complianceRoutes();
std::vector<Route> setupRoutes();
std::vector<Route> bindingRoutes();
std::vector<Route> playbookRoutes();
std::vector<Route> formRoutes();
std::vector<Route> endpointRoutes();

/// The OpenAPI 3.1 document of routes().
Json openApi();
/// The same for people: one page of HTML without anything from elsewhere.
std::string docsPage();

}  // namespace overture::api
