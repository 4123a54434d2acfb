#include "tenant/sealing.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "queries/tenant.hpp"

namespace overture::tenant {
namespace {

enum class Kind {
    text,     ///< all of it
    bytes,    ///< likewise
    values,   ///< JSON: every text and number in it; its keys stay
    strings,  ///< JSON: every text in it
};

struct Column {
    const char* name;
    Kind kind;
    std::vector<std::string> open = {};  ///< keys whose values stay as they are: statements look into them
};

/// What is sealed, and nothing else is.
const std::vector<std::pair<const char*, std::vector<Column>>> kSealedColumns{
    {"leads",
     {{"first_name", Kind::text},
      {"last_name", Kind::text},
      {"company", Kind::text},
      {"title", Kind::text},
      {"custom", Kind::values},
      {"evidence", Kind::values}}},
    {"conversations",
     {{"facts", Kind::values},
      {"memory", Kind::values, {"variant", "score", "checkpoints", "booked", "pending", "hold", "moving"}}}},
    {"messages", {{"text", Kind::text}, {"details", Kind::strings, {"call"}}}},
    {"call_lines", {{"text", Kind::text}, {"words", Kind::strings}}},
    {"deliveries", {{"text", Kind::text}, {"parts", Kind::strings}}},
    {"events", {{"payload", Kind::strings}}},
    {"turns", {{"opened", Kind::strings}, {"outcome", Kind::strings}}},
    {"steps", {{"result", Kind::strings}}},
    {"shadow_turns", {{"decision", Kind::strings}}},
    {"webhooks", {{"url", Kind::text}, {"headers", Kind::strings}, {"body", Kind::bytes}}},
    {"meetings", {{"title", Kind::text}}},
    {"suppressions", {{"proof", Kind::strings}}},
    {"consents", {{"proof", Kind::strings}}},
    {"imports", {{"name", Kind::text}, {"csv", Kind::text}, {"report", Kind::strings}}},
    {"import_rows", {{"reason", Kind::text}}},
    {"api_answers", {{"answer", Kind::text}}},
};

const Column* columnOf(const std::string& table, const std::string& name) {
    for (const auto& [ofTable, columns] : kSealedColumns)
        if (table == ofTable)
            for (const auto& column : columns)
                if (name == column.name) return &column;
    return nullptr;
}

const Column* columnOf(const std::string& both) {
    const auto dot = both.find('.');
    return columnOf(both.substr(0, dot), both.substr(std::min(dot, both.size() - 1) + 1));
}

/// A scalar of JSON as it stands sealed, and back.
using Change = std::function<Json(const Json&)>;

void changeLeaves(Json& document, const Column& column, const Change& change, bool top = true) {
    if (document.is_structured()) {
        for (auto item = document.begin(); item != document.end(); ++item)
            if (!top || !document.is_object() ||
                std::find(column.open.begin(), column.open.end(), item.key()) == column.open.end())
                changeLeaves(*item, column, change, false);
    } else if (document.is_string() ? !document.get_ref<const std::string&>().empty()
                                    : column.kind == Kind::values && document.is_number()) {
        document = change(document);
    }
}

/// What one value of a column becomes by `change`; as it is where nothing changes.
std::string changed(const std::string& value, const Column& column, const Change& change) {
    switch (column.kind) {
        case Kind::text: return value.empty() ? value : change(Json(value)).get<std::string>();
        case Kind::bytes: {
            const auto bytes = store::bytesOf(value, column.name);
            if (bytes.empty()) return value;
            // What is sealed is the bytes' base64: JSON holds texts.
            const bool sealed = bytes.starts_with(store::kSealedMark);
            const auto after = sealed ? change(Json(bytes)) : change(Json{{"bytes", toBase64(bytes)}});
            if (after.is_object()) return "\\x" + toHex(fromBase64(textOf(after, "bytes")));
            return "\\x" + toHex(after.get<std::string>());
        }
        case Kind::values:
        case Kind::strings: {
            auto document = parseJson(value, column.name).orThrow();
            const auto before = document;
            changeLeaves(document, column, change);
            return document == before ? value : toText(document);
        }
    }
    return value;
}

Json sealedJson(const Vault& vault, const OrganizationId& organization, const Json& plain) {
    return vault.sealText(toText(plain), organization.uuid);
}

std::optional<Json> openedJson(const Vault& vault, const OrganizationId& organization,
                               const std::string& sealed) {
    const auto plain = vault.unsealText(sealed, organization.uuid);
    if (!plain) return std::nullopt;
    return parseJson(*plain, "a sealed text").orThrow();
}

std::string textOfOpened(const Json& plain) {
    if (plain.is_string()) return plain.get<std::string>();
    if (plain.is_object()) return fromBase64(textOf(plain, "bytes"));
    return toText(plain);
}

/// Those that were looked at once; a statement's text stands still for as long as the program runs.
const std::vector<SealedParameter>& known(const store::Query& query) {
    static std::mutex mutex;
    static std::unordered_map<std::string, std::vector<SealedParameter>> all;
    const std::scoped_lock lock(mutex);
    const auto found = all.find(query.sql);
    return found != all.end() ? found->second
                              : all.emplace(query.sql, sealedParametersOf(query)).first->second;
}

}  // namespace

std::vector<SealedParameter> sealedParametersOf(const store::Query& query) {
    constexpr std::string_view kBegins = "-- sealed: ";
    const std::string_view sql = query.sql;
    std::vector<SealedParameter> all;
    if (!sql.starts_with(kBegins)) return all;
    const auto line = sql.substr(kBegins.size(), sql.find('\n') - kBegins.size());
    const auto words = split(line, ' ');
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
        SealedParameter one;
        std::from_chars(words[i].data() + 1, words[i].data() + words[i].size(), one.place);
        one.column = words[i + 1];
        if (one.column.ends_with("[]")) {
            one.array = true;
            one.column.resize(one.column.size() - 2);
        }
        if (one.place-- == 0 || columnOf(one.column) == nullptr)
            throw Error("\"" + words[i] + " " + words[i + 1] + "\" names nothing that is sealed", query.name);
        all.push_back(std::move(one));
    }
    return all;
}

Sealing::Sealing(store::Database& database, std::function<Vault()> vault, seconds noticed)
    : database_(database), open_(std::move(vault)), noticed_(noticed) {}

void Sealing::look() {
    const auto now = std::chrono::steady_clock::now();
    const auto isFresh = [&] {
        const std::scoped_lock lock(mutex_);
        return looked_ && now - *looked_ < noticed_;
    };
    if (isFresh()) return;
    const std::scoped_lock looking(looking_);
    if (isFresh()) return;
    std::set<OrganizationId> sealed;
    const auto rows = database_.beginOwner().finish({{sql::tenant::sealed_organizations, {}}}).front();
    for (const auto row : rows) sealed.insert(row.id<OrganizationId>("organization_id"));
    const std::scoped_lock lock(mutex_);
    sealed_ = std::make_shared<const std::set<OrganizationId>>(std::move(sealed));
    looked_ = now;
}

bool Sealing::seals(const OrganizationId& organization) const {
    const std::scoped_lock lock(mutex_);
    return sealed_ && sealed_->contains(organization);
}

const Vault& Sealing::vault() const {
    const std::scoped_lock lock(mutex_);
    if (!vault_) vault_ = std::make_unique<const Vault>(open_());
    return *vault_;
}

void Sealing::seal(const OrganizationId& organization, const store::Query& query,
                   store::Values& values) const {
    const Change change = [&](const Json& plain) { return sealedJson(vault(), organization, plain); };
    for (const auto& [place, column, array] : known(query)) {
        auto& value = values.at(place);
        if (!value) continue;
        const auto& what = *columnOf(column);
        if (!array) {
            value = changed(*value, what, change);
            continue;
        }
        auto elements = store::elementsOf(*value, query.name);
        for (auto& element : elements)
            if (element) element = changed(*element, what, change);
        value = store::arrayOf(elements);
    }
}

void Sealing::sealRow(const OrganizationId& organization, const std::string& table,
                      const std::vector<std::string>& columns, store::Values& row) const {
    const Change change = [&](const Json& plain) { return sealedJson(vault(), organization, plain); };
    for (std::size_t i = 0; i < columns.size() && i < row.size(); ++i)
        if (const auto* column = columnOf(table, columns[i]); column != nullptr && row[i])
            row[i] = changed(*row[i], *column, change);
}

/// Whoever does not seal may hold anybody's text that looks like a sealed one; nobody shall break their lists with it.
std::string Sealing::opened(const OrganizationId& organization, std::string text) const {
    try {
        const auto plain = openedJson(vault(), organization, text);
        return plain ? textOfOpened(*plain) : text;
    } catch (const Error&) {
        if (seals(organization)) throw;
        return text;
    }
}

void Sealing::open(const OrganizationId& organization, Json& document) const {
    if (document.is_structured()) {
        for (auto& item : document) open(organization, item);
    } else if (document.is_string()) {
        const auto& text = document.get_ref<const std::string&>();
        if (!text.starts_with(store::kSealedMark)) return;
        try {
            if (auto plain = openedJson(vault(), organization, text)) document = std::move(*plain);
        } catch (const Error&) {
            if (seals(organization)) throw;
        }
    }
}

namespace {

constexpr int kLookedAtTogether = 500;

const char* castOf(Kind kind) {
    return kind == Kind::text ? "text" : kind == Kind::bytes ? "bytea" : "jsonb";
}

/// One table of one organization, from its beginning to its end. Rows that change meanwhile move behind its end and are met there.
class Table {
public:
    Table(store::Database& database, const Vault& vault, const OrganizationId& organization, bool sealed,
          const char* name, const std::vector<Column>& columns)
        : database_(database),
          vault_(vault),
          organization_(organization),
          sealed_(sealed),
          name_(name),
          columns_(columns) {
        std::string list, sets;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::string column = columns[i].name;
            list += ", " + column + "::text as " + column;
            sets += (i == 0 ? "" : ", ") + column + " = $" + std::to_string(i + 3) +
                    "::" + castOf(columns[i].kind);
        }
        const std::string table = name;
        read_ = "select ctid::text as place" + list + " from " + table +
                " where organization_id = $1::uuid and ctid > $2::tid order by ctid limit " +
                std::to_string(kLookedAtTogether) + " for no key update";
        write_ = "update " + table + " set " + sets + " where organization_id = $1::uuid and ctid = $2::tid";
    }

    void run(SealedRows& done) const {
        for (std::string place = "(0,0)"; !place.empty();) {
            auto tx = database_.beginOwner();
            const auto rows = tx.run({name_, read_.c_str()}, {organization_, place});
            place.clear();
            for (const auto row : rows) {
                place = row.text("place");
                one(tx, row, place, done);
            }
            tx.commit();
        }
    }

private:
    void one(store::Transaction& tx, const store::Row& row, const std::string& place,
             SealedRows& done) const {
        std::vector<store::Param> params{organization_, place};
        bool differs = false;
        try {
            for (const auto& column : columns_) {
                const auto before = row.maybe(column.name);
                if (!before) {
                    params.emplace_back(nullptr);
                    continue;
                }
                const auto after = changed(*before, column, [&](const Json& leaf) { return wanted(leaf); });
                differs = differs || after != *before;
                params.emplace_back(after);
            }
        } catch (const Error&) {
            done.shut.push_back(std::string(name_) + " " + place);
            return;
        }
        if (!differs) return;
        tx.queue({name_, write_.c_str()}, params);
        ++done.changed;
    }

    Json wanted(const Json& leaf) const {
        const auto text = leaf.is_string() ? leaf.get<std::string>() : std::string();
        if (!text.starts_with(store::kSealedMark)) return sealed_ ? seal(leaf) : leaf;
        if (sealed_ && vault_.isNewestText(text, organization_.uuid)) return leaf;
        const auto plain = openedJson(vault_, organization_, text);
        if (!plain) return sealed_ ? seal(leaf) : leaf;
        return sealed_ ? seal(*plain) : *plain;
    }
    Json seal(const Json& plain) const { return sealedJson(vault_, organization_, plain); }

    store::Database& database_;
    const Vault& vault_;
    const OrganizationId& organization_;
    const bool sealed_;
    const char* name_;
    const std::vector<Column>& columns_;
    std::string read_, write_;
};

}  // namespace

SealedRows sealRows(store::Database& database, const Vault& vault, const OrganizationId& organization,
                    bool sealed) {
    SealedRows done;
    for (const auto& [name, columns] : kSealedColumns)
        Table(database, vault, organization, sealed, name, columns).run(done);
    return done;
}

}  // namespace overture::tenant
