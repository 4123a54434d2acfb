#include "store/database.hpp"

#include <Poco/Data/PostgreSQL/Connector.h>
#include <Poco/Data/SessionPool.h>

#include <map>
#include <mutex>

#include "base/text.hpp"
#include "store/connection.hpp"

namespace overture::store {
namespace {

constexpr seconds kPatience{30};  // for a free session

constexpr Query kBegin{"begin", "begin"};
constexpr Query kEnter{
    "enter organization",
    "select set_config('role', 'overture_engine', true), set_config('overture.organization', $1, true)"};
constexpr Query kEnterRelaxed{
    "enter organization, relaxed",
    "select set_config('role', 'overture_engine', true), "
    "set_config('overture.organization', $1, true), set_config('synchronous_commit', 'off', true)"};
constexpr Query kEnterShared{"enter without organization",
                             "select set_config('role', 'overture_engine', true)"};

using Settings = std::map<std::string, std::string>;

/// A URL or keyword string as libpq reads it, with what we want where it says nothing.
Settings readUrl(const DatabaseOptions& options) {
    char* complaint = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
        PQconninfoParse(options.url.c_str(), &complaint), &PQconninfoFree);
    if (!parsed) {
        PQfreemem(complaint);  // it may quote the password
        throw Error("this is not a database address", "database URL",
                    "Write it like postgresql://user:password@host:5432/database");
    }
    Settings settings{{"connect_timeout", std::to_string(options.connectTimeout.count())},
                      {"keepalives_idle", "30"},
                      {"tcp_user_timeout", "30000"},
                      {"application_name", "overture"}};
    for (auto* option = parsed.get(); option->keyword != nullptr; ++option)
        if (option->val != nullptr) settings[option->keyword] = option->val;
    return settings;
}

/// The form that Poco's connector hands on unharmed: key='value' parts, parted by single spaces.
std::string keywordString(const Settings& settings) {
    std::string text;
    for (const auto& [key, value] : settings) {
        auto safe = key == "options" ? replaceAll(value, " ", "\t") : value;
        if (safe.find(' ') != std::string::npos)
            throw Error("the setting " + key + " holds a space, which cannot be passed on", "database URL",
                        "Choose a value without spaces");
        safe = replaceAll(replaceAll(std::move(safe), "\\", "\\\\"), "'", "\\'");
        text += (text.empty() ? "" : " ") + key + "='" + safe + "'";
    }
    return text;
}

std::string nameOf(const Settings& settings) {
    const auto get = [&](const char* key, std::string otherwise) {
        const auto found = settings.find(key);
        return found == settings.end() || found->second.empty() ? std::move(otherwise) : found->second;
    };
    const auto port = get("port", "");
    const auto user = get("user", "");
    return "database " + get("dbname", user.empty() ? "of this user" : user) + " on " +
           get("host", "this machine") + (port.empty() ? "" : ":" + port);
}

std::string remedyForConnecting(std::string_view said) {
    const auto says = [&](std::string_view words) { return said.find(words) != std::string_view::npos; };
    if (says("password")) return "Check user and password in the database URL";
    if (says("does not exist")) return "Create it, or correct the database URL";
    if (says("too many")) return "Allow more connections on the server, or use fewer sessions";
    return "Check that PostgreSQL is running there and that the database URL is right";
}

}  // namespace

struct Database::Impl {
    explicit Impl(const DatabaseOptions& options)
        : settings(readUrl(options)),
          keywords(keywordString(settings)),
          name(nameOf(settings)),
          durable(options.durable),
          gate(options.sessions),
          pool((Poco::Data::PostgreSQL::Connector::registerConnector(), "postgresql"), keywords, 1,
               options.sessions) {}

    Poco::Data::Session fetch() {
        if (pool.idle() == 0) probe();
        try {
            return pool.get();
        } catch (const Poco::Exception&) {
            probe();
            throw DatabaseError(Failure::unavailable, "08001", {}, {"cannot connect", name, "Try again"});
        }
    }

    /// Connects and disconnects. Poco 1.11 loses the memory of each connection that fails to open, so a new session is
    /// asked for only when the database answers; and libpq's own words make the clearer sentence.
    void probe() {
        const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(keywords.c_str()),
                                                                      &PQfinish);
        if (PQstatus(connection.get()) == CONNECTION_OK) return;
        auto said = std::string(trim(PQerrorMessage(connection.get())));
        said = replaceAll(said.substr(0, said.find("\n\tIs the server")), "\n", " ");
        const auto password = settings.find("password");
        if (password != settings.end() && !password->second.empty())
            said = replaceAll(std::move(said), password->second, "…");
        throw DatabaseError(Failure::unavailable, "08001", {},
                            {"cannot connect: " + said, name, remedyForConnecting(said)});
    }

    /// A session with the transaction's opening queued. A pooled session that turns out to be lost is dropped and the next
    /// one tried.
    std::unique_ptr<Connection> open(const std::vector<Statement>& opening) {
        auto place = gate.enter(kPatience);
        for (;;) {
            auto connection = std::make_unique<Connection>(fetch());
            if (connection->fresh())
                connection->settle(durable);
            else if (!connection->alive())
                continue;
            for (const auto& statement : opening) connection->queue(statement.query, statement.params);
            connection->keep(std::move(place));
            return connection;
        }
    }

    Settings settings;
    std::string keywords;
    std::string name;
    bool durable;
    Gate gate;
    Poco::Data::SessionPool pool;
    std::shared_ptr<Keeping> keeping;

    /// As an organization, whose values are sealed and opened on their way.
    Transaction begin(const OrganizationId& organization, const Query& enter);
};

Database::Database(const DatabaseOptions& options) : impl_(std::make_unique<Impl>(options)) {
    impl_->open({{kBegin, {}}})->forgetQueued();
}

Database::~Database() = default;

const std::string& Database::name() const {
    return impl_->name;
}

Transaction Database::Impl::begin(const OrganizationId& organization, const Query& enter) {
    if (keeping) keeping->look();
    auto connection = open({{kBegin, {}}, {enter, {organization}}});
    if (keeping) connection->openBy(std::make_shared<const Opening>(Opening{keeping, organization}));
    return Transaction(std::move(connection));
}

void Database::keepBy(std::shared_ptr<Keeping> keeping) {
    impl_->keeping = std::move(keeping);
}

Transaction Database::begin(const OrganizationId& organization) {
    return impl_->begin(organization, kEnter);
}

Transaction Database::beginRelaxed(const OrganizationId& organization) {
    return impl_->begin(organization, kEnterRelaxed);
}

Transaction Database::beginShared() {
    auto connection = impl_->open({{kBegin, {}}, {kEnterShared, {}}});
    if (impl_->keeping)
        connection->openBy(std::make_shared<const Opening>(Opening{impl_->keeping, OrganizationId()}));
    return Transaction(std::move(connection));
}

Transaction Database::beginOwner() {
    return Transaction(impl_->open({{kBegin, {}}}));
}

Rows Database::run(const OrganizationId& organization, const Query& query, const std::vector<Param>& params) {
    return begin(organization).finish({{query, params}}).front();
}

}  // namespace overture::store
