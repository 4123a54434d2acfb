// How long a list of 100,000 messy rows takes to import, reading, merging and writing, into a PostgreSQL of its own with its default
// durability; and the same list again, when everybody is there already.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "base/random.hpp"
#include "campaign/campaign.hpp"
#include "store/cluster.hpp"
#include "store/migrations.hpp"
#include "tenant/sealing.hpp"
#include "tenant/tenants.hpp"

namespace {

using namespace overture;
using Clock = std::chrono::steady_clock;

constexpr store::Query kCampaign{"bench/campaign", R"sql(
with version as (
    insert into playbook_versions (organization_id, version, playbook, files, published_at)
    values ($1::uuid, 'v1', 'test', '{}', $3::timestamptz)
), begun as (
    insert into campaign_versions (organization_id, campaign_id, number, version, since)
    values ($1::uuid, $2::uuid, 1, 'v1', $3::timestamptz)
)
insert into campaigns (organization_id, campaign_id, name, version, channels, state, starts_at, created_at)
values ($1::uuid, $2::uuid, 'bench', 'v1', '{sms,email}', 'running', $3::timestamptz, $3::timestamptz))sql"};

const char* anyOf(Random& random, const std::vector<const char*>& words) {
    return words[random.below(words.size())];
}

/// A number as people write it: with and without country code, brackets, dots, extensions, words; some are none.
std::string phone(Random& random, long person) {
    static const std::vector<const char*> kAreas{"305", "212", "602", "915", "808", "312", "206", "404",
                                                 "617", "713", "702", "503", "615", "801", "505", "907"};
    const std::string area = kAreas[static_cast<std::size_t>(person) % kAreas.size()], exchange = "555";
    const auto line = std::to_string(1000 + person / 16 % 9000);
    switch (random.below(10)) {
        case 0: return "+1" + area + exchange + line;
        case 1: return "(" + area + ") " + exchange + "-" + line;
        case 2: return area + "." + exchange + "." + line;
        case 3: return "1-" + area + "-" + exchange + "-" + line + " x12";
        case 4: return "001 " + area + " " + exchange + " " + line;
        case 5: return "tel:+1-" + area + "-" + exchange + "-" + line;
        case 6: return area + exchange + line + " / home " + area + exchange + "0000";
        case 7: return random.chance(0.1) ? "n/a" : " " + area + exchange + line + " ";
        case 8: return random.chance(0.05) ? "12345" : area + "-" + exchange + "-" + line;
        default: return "+1 " + area + " " + exchange + " " + line + " ext. 9";
    }
}

/// Semicolons, CRLF, quotes and line breaks inside cells, Latin-1, empty rows, one person in twenty twice.
std::string messyList(long rows) {
    Random random(3);
    std::string csv =
        "Customer No;First Name;Surname;Mobile Phone;E-Mail;Country;State;ZIP;Time Zone;Language;Company;"
        "Opt-In;Consent Source;Consent Date;Do Not Contact;Roof Type\r\n";
    for (long i = 0; i < rows; ++i) {
        const long person = random.chance(0.05) && i > 0 ? static_cast<long>(random.below(i)) : i;
        const auto id = std::to_string(person);
        if (random.chance(0.01)) csv += ";;;;;;;;;;;;;;;\r\n";
        csv += random.chance(0.9) ? "C-" + id : "";
        csv += ";" + std::string(
                         anyOf(random, {"Asha", "  bob ", "J\xf6rg", "MARIA-JOS\xc9", "\"Ann \"\"A\"\"\""}));
        csv += ";" + std::string(anyOf(random, {"Rao", "O'Neill", "van der Berg", "\"Smith, Jr.\"", ""}));
        csv += ";" + phone(random, person);
        csv += ";" + (random.chance(0.7)   ? "P" + id + "@Mail.example "
                      : random.chance(0.5) ? ""
                                           : "not an email");
        csv += ";" + std::string(anyOf(random, {"USA", "us", "United States", "", "U.S.A."}));
        csv += ";" + std::string(anyOf(random, {"FL", "Florida", "az", "new york", "", "Texas"}));
        csv += ";" + std::string(anyOf(random, {"33101", "85001-1234", "1234", "", "10001"}));
        csv +=
            ";" + std::string(anyOf(random, {"", "America/Phoenix", "EST", "America/New York", "nowhere"}));
        csv += ";" + std::string(anyOf(random, {"en", "English", "es", "Spanisch", "", "hi"}));
        csv += ";\"Dach & S\xf6hne\r\nHauptstr. " + id + "\"";
        csv += ";" + std::string(anyOf(random, {"written", "yes", "no", "express written", "maybe", ""}));
        csv += ";web form;" + std::string(anyOf(random, {"2026-01-15", "15/01/2026", "", "yesterday"}));
        csv += ";" + std::string(random.chance(0.02) ? "x" : "");
        csv += ";" + std::string(anyOf(random, {"tile", "shingle", "", "metal \xbd"})) + "\r\n";
    }
    return csv;
}

double secondsSince(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

int measure(long rows, double most) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("overture-bench-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    std::filesystem::permissions(folder, std::filesystem::perms(0755));
    double first = 0, again = 0, sealed = 0;
    campaign::ImportReport report, repeated;
    const auto csv = messyList(rows);
    {
        auto cluster = store::PrivateCluster::start(folder.string(), false);
        store::Database database({.url = cluster->freshDatabase("bench"), .sessions = 4});
        store::migrate(database);
        const auto now = SystemClock().now();
        const tenant::Vault vault(std::string(32, 'k'));
        database.keepBy(std::make_shared<tenant::Sealing>(
            database, [&] { return vault; }, seconds(0)));
        const OrganizationId organization(uuid7(now)), other(uuid7(now));
        const CampaignId campaign(uuid7(now));
        for (const auto& one : {organization, other}) {
            auto tx = database.begin(one);
            tenant::createOrganization(tx, one, "Bench " + one.text(), now);
            if (one == other) tenant::saveSettings(tx, one, {{"sealed", true}});
            tx.run(kCampaign, {one, campaign, now});
            tx.commit();
        }
        const auto import = [&](double& took, const OrganizationId& whose) {
            const auto begin = Clock::now();
            auto done = campaign::importLeads(database, whose, campaign, csv, {}, "opening", "v1", now);
            took = secondsSince(begin);
            return done;
        };
        report = import(first, organization);
        repeated = import(again, organization);
        import(sealed, other);
    }
    std::filesystem::remove_all(folder);
    std::cout << "{\"what\": \"import\", \"rows\": " << report.rows << ", \"bytes\": " << csv.size()
              << ", \"imported\": " << report.imported << ", \"merged\": " << report.merged
              << ", \"rejected\": " << report.rejected << ", \"remarks\": " << report.remarks.size()
              << ", \"seconds\": " << first << ", \"again\": {\"merged\": " << repeated.merged
              << ", \"seconds\": " << again << "}, \"sealed\": {\"seconds\": " << sealed << "}}\n";
    return first <= most && again <= most ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
    try {
        return measure(count > 1 ? std::atol(words[1]) : 100'000, count > 2 ? std::atof(words[2]) : 10);
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
        return 1;
    }
}
