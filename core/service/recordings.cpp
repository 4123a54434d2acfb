#include "service/recordings.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "base/failpoint.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "queries/service.hpp"

namespace overture::service {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStorage = "storage/1";
constexpr const char* kType = "audio/wav";
constexpr const char* kRecordingPurpose = "recording";
constexpr const char* kRefused =
    "They do not want to be recorded: what was recorded of this call is removed, and no later call to them "
    "is "
    "recorded.";
constexpr std::size_t kSignatureLength = 32;
constexpr std::size_t kPieceRead = 256 * 1024;
constexpr auto kPutDeadline = milliseconds(120'000), kGetDeadline = milliseconds(120'000),
               kRemoveDeadline = milliseconds(20'000), kLinkDeadline = milliseconds(2'000);
constexpr auto kRemovalLease = seconds(120);
constexpr auto kFirstRemoval = seconds(5), kLastRemoval = seconds(3600);
constexpr int kRemovalsAtOnce = 50;

/// The folder's own name, made with it: engines that have the same folder know it by that.
Uuid nameOf(const std::string& folder, Instant now) {
    const auto path = folder + "/id";
    std::error_code error;
    fs::create_directories(folder, error);
    const auto own = uuid7(now).text();
    const auto beside = path + "." + own;
    if (!fs::exists(path, error)) {
        std::ofstream(beside) << own << "\n";
        fs::create_hard_link(beside, path, error);  // of two engines that begin at once one comes first
        fs::remove(beside, error);
    }
    const auto name =
        Uuid::parse(std::string(trim(fs::exists(path, error) ? readFile(path) : std::string())));
    if (!name)
        throw Error("calls cannot be recorded here: the folder has no name of its own in \"id\"", folder,
                    "Name a folder that the engine may write to.");
    return *name;
}

std::optional<std::int64_t> numberIn(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && value >= 0 ? std::optional(value)
                                                                                  : std::nullopt;
}

/// The first and last byte of "bytes=0-99", "bytes=100-" or "bytes=-100"; nothing when it is none of these, or beyond the end.
std::optional<std::pair<std::int64_t, std::int64_t>> rangeIn(const std::string& text, std::int64_t whole) {
    const auto dash = text.find('-');
    if (!text.starts_with("bytes=") || dash == std::string::npos) return std::nullopt;
    const auto begin = std::string_view(text).substr(6, dash - 6),
               end = std::string_view(text).substr(dash + 1);
    if (begin.empty()) {
        const auto last = numberIn(end);
        if (!last || *last == 0 || whole == 0) return std::nullopt;
        return std::pair(std::max<std::int64_t>(0, whole - *last), whole - 1);
    }
    const auto from = numberIn(begin), to = end.empty() ? std::optional(whole - 1) : numberIn(end);
    if (!from || !to || *from >= whole || *to < *from) return std::nullopt;
    return std::pair(*from, std::min(*to, whole - 1));
}

bool readFileInto(const std::string& path, std::int64_t from, std::int64_t bytes,
                  const std::function<bool(std::string_view)>& sink) {
    std::ifstream file(path, std::ios::binary);
    file.seekg(from);
    std::string piece(kPieceRead, '\0');
    for (auto left = bytes; left > 0;) {
        const auto wanted = std::min(left, static_cast<std::int64_t>(piece.size()));
        if (!file.read(piece.data(), wanted)) return false;
        if (!sink({piece.data(), static_cast<std::size_t>(wanted)})) return false;
        left -= wanted;
    }
    return true;
}

}  // namespace

Recordings::Recordings(store::Database& database, const Clock& clock, agent::Instances& instances,
                       const tenant::Vault& vault, RecordingsOptions options)
    : database_(database),
      clock_(clock),
      instances_(instances),
      vault_(vault),
      options_(std::move(options)),
      folder_(nameOf(options_.folder, clock.now())),
      tapes_(std::make_unique<Tapes>(options_.folder + "/tapes",
                                     [this](const TapeFacts& facts, const std::string& file,
                                            milliseconds length) { return store(facts, file, length); })) {}

Recordings::~Recordings() = default;

std::unique_ptr<Tape> Recordings::begin(store::Transaction& tx, const OrganizationId& organization,
                                        const Uuid& call, const std::optional<BindingId>& storage) {
    const auto now = clock_.now();
    const auto key = "calls/" + organization.text() + "/" + toRfc3339(now).substr(0, 7) + "/" + call.text();
    const auto rows = tx.run(
        sql::service::begin_recording,
        {organization, call, storage, storage ? store::Param(nullptr) : store::Param(folder_), key, now});
    const auto part = static_cast<int>(rows[0].integer("part"));
    try {
        return tapes_->begin({organization, call, part, storage, rows[0].text("key")});
    } catch (const Error&) {
        tx.run(sql::service::drop_recording, {organization, call, part});
        throw;
    }
}

bool Recordings::refuse(store::Transaction& tx, const OrganizationId& organization, const std::string& call,
                        Instant now) {
    const auto rows = tx.run(sql::service::refuse_recording, {organization, call, now});
    if (rows.empty()) return false;
    tx.run(sql::service::insert_call_note, {organization, rows[0].id<ConversationId>("conversation_id"),
                                            kRefused, now, Json{{"call", call}}});
    return true;
}

/// A recording whose row is gone is nobody's any more. It may have been stored before we died, so its storage is told to forget it.
bool Recordings::store(const TapeFacts& facts, const std::string& file, milliseconds length) {
    auto tx = database_.begin(facts.organization);
    const auto rows = tx.run(sql::service::recording, {facts.organization, facts.call, facts.part});
    if (rows.empty()) {
        forget(tx, facts);
        tx.commit();
        return true;
    }
    if (rows[0].text("state") == "stored") return true;
    if (file.empty()) {
        tx.run(sql::service::drop_recording, {facts.organization, facts.call, facts.part});
        tx.commit();
        return true;
    }
    tx.commit();
    const auto bytes = static_cast<std::int64_t>(fs::file_size(file));
    if (facts.storage) {
        const auto reply =
            instances_.of(facts.organization, *facts.storage)
                ->put({{"key", facts.key}, {"content_type", kType}}, readFile(file), kPutDeadline);
        if (!reply.ok()) {
            log::warning("recording_not_stored", {{"call", facts.call.text()},
                                                  {"outcome", std::string(plugin::nameOf(reply.outcome))},
                                                  {"problem", reply.message}});
            return false;
        }
    } else {
        fs::create_directories(fs::path(stored(facts.key)).parent_path());
        fs::rename(file, stored(facts.key));
    }
    failpoint("recordings.stored");
    auto kept = database_.begin(facts.organization);
    const auto written = kept.run(sql::service::keep_recording, {facts.organization, facts.call, facts.part,
                                                                 clock_.now(), bytes, length.count()});
    if (written.empty()) forget(kept, facts);
    kept.commit();
    metrics::count("overture_recordings_stored_total", {});
    return true;
}

void Recordings::forget(store::Transaction& tx, const TapeFacts& facts) const {
    tx.run(sql::service::forget_object,
           {facts.organization, facts.storage, facts.storage ? store::Param(nullptr) : store::Param(folder_),
            facts.key});
}

std::string Recordings::signatureOf(const std::string& what) const {
    return vault_.sign(kRecordingPurpose, what).substr(0, kSignatureLength);
}

Json Recordings::link(const OrganizationId& organization, const Uuid& call, int part,
                      const std::optional<BindingId>& storage, const std::string& key) const {
    if (storage) {
        const auto reply = instances_.of(organization, *storage)
                               ->call(kStorage, "link",
                                      {{"key", key},
                                       {"seconds", kLinksHold.count()},
                                       {"file_name", "call-" + call.text().substr(0, 8) + ".wav"},
                                       {"content_type", kType}},
                                      kLinkDeadline);
        if (reply.ok()) return {{"url", reply.document["url"]}, {"expires_at", reply.document["expires_at"]}};
        if (reply.outcome != plugin::Outcome::unsupported)
            throw Error("the storage gives no link: " + reply.message, "binding " + storage->text());
    }
    if (options_.publicUrl.empty())
        throw Error("this engine does not know its own address", "serve",
                    "Say --public-url https://… as people reach it.");
    const auto until = std::chrono::floor<seconds>(clock_.now()) + kLinksHold;
    const auto what = organization.text() + "/" + call.text() + "/" + std::to_string(part) + "/" +
                      std::to_string(until.time_since_epoch().count());
    auto base = options_.publicUrl;
    while (base.ends_with('/')) base.pop_back();
    return {{"url", base + kPath + what + "/" + signatureOf(what)}, {"expires_at", toRfc3339(until)}};
}

Recordings::Listening Recordings::listen(const std::string& path, const std::string& range) const {
    const auto refuse = [](int status, std::string words) {
        Listening answer;
        answer.status = status;
        answer.words = std::move(words);
        return answer;
    };
    const auto parts = split(path.substr(std::min(path.size(), std::string_view(kPath).size())), '/');
    const auto organization = parts.size() == 5 ? OrganizationId::parse(parts[0]) : std::nullopt;
    const auto call = parts.size() == 5 ? Uuid::parse(parts[1]) : std::nullopt;
    const auto part = parts.size() == 5 ? numberIn(parts[2]) : std::nullopt;
    const auto until = parts.size() == 5 ? numberIn(parts[3]) : std::nullopt;
    if (!organization || !call || !part || !until || parts[4].size() != kSignatureLength ||
        !vault_.isSigned(kRecordingPurpose, parts[0] + "/" + parts[1] + "/" + parts[2] + "/" + parts[3],
                         parts[4]))
        return refuse(404, "there is nothing here");
    if (clock_.now() >= Instant(seconds(*until))) return refuse(410, "this link is over; ask for another");
    auto tx = database_.begin(*organization);
    const auto rows = tx.run(sql::service::recording, {*organization, *call, *part});
    tx.commit();
    if (rows.empty() || rows[0].text("state") != "stored") return refuse(404, "there is nothing here");
    const auto whole = rows[0].integer("bytes");
    const auto wanted = range.empty()
                            ? std::pair<std::int64_t, std::int64_t>(0, whole - 1)
                            : rangeIn(range, whole).value_or(std::pair<std::int64_t, std::int64_t>(-1, -1));
    if (wanted.first < 0) {
        auto answer = refuse(416, "there are no such bytes");
        answer.whole = whole;
        return answer;
    }
    Listening answer;
    answer.status = range.empty() ? 200 : 206;
    answer.from = wanted.first;
    answer.bytes = wanted.second - wanted.first + 1;
    answer.whole = whole;
    const auto key = rows[0].text("key");
    if (const auto storage = BindingId::parse(rows[0].text("binding_id"))) {
        const Json request{{"key", key}, {"from", answer.from}, {"most", answer.bytes}};
        answer.read = [instance = instances_.of(*organization, *storage), request](const auto& sink) {
            return instance->get(request, sink, kGetDeadline).ok();
        };
        return answer;
    }
    std::error_code error;
    if (rows[0].uuid("folder") != folder_ || !fs::exists(stored(key), error))
        return refuse(503, "this recording lies in the folder of another engine");
    answer.read = [file = stored(key), from = answer.from, bytes = answer.bytes](const auto& sink) {
        return readFileInto(file, from, bytes, sink);
    };
    return answer;
}

int Recordings::removeDue() {
    const auto now = clock_.now();
    auto tx = database_.beginShared();
    const auto rows =
        tx.run(sql::service::claim_objects_to_remove,
               {now, std::to_string(kRemovalLease.count()) + " seconds",
                store::Param::array(std::vector<std::string>{folder_.text()}), kRemovalsAtOnce});
    tx.commit();
    for (const auto row : rows) {
        const auto organization = row.id<OrganizationId>("organization_id");
        const auto key = row.text("key");
        std::string problem;
        try {
            if (const auto storage = BindingId::parse(row.text("binding_id"))) {
                const auto reply = instances_.of(organization, *storage)
                                       ->call(kStorage, "remove", {{"key", key}}, kRemoveDeadline);
                if (!reply.ok()) problem = reply.message;
            } else {
                fs::remove(stored(key));
            }
        } catch (const store::DatabaseError&) {
            throw;
        } catch (const std::exception& error) {
            problem = error.what();
        }
        auto done = database_.begin(organization);
        if (problem.empty()) {
            done.run(sql::service::object_removed, {organization, row.uuid("object_id")});
        } else {
            const auto tries = std::min<std::int64_t>(row.integer("tries"), 10);
            const auto wait = std::min<seconds>(kFirstRemoval * (std::int64_t{1} << tries), kLastRemoval);
            done.run(sql::service::object_stays,
                     {organization, row.uuid("object_id"), problem, clock_.now() + wait});
            log::warning("recording_not_removed", {{"key", key}, {"problem", problem}});
        }
        done.commit();
    }
    return static_cast<int>(rows.size());
}

}  // namespace overture::service
