#include "campaign/team.hpp"

#include <set>

#include "base/text.hpp"
#include "base/time.hpp"
#include "campaign/columns.hpp"
#include "campaign/csv.hpp"
#include "campaign/values.hpp"

namespace overture::campaign {
namespace {

struct TeamColumns {
    std::size_t name, email, zone, hours;
};

TeamColumns columnsIn(const CsvReader& csv, const std::string& file) {
    const auto find = [&](const char* wanted, auto matches) {
        for (std::size_t i = 0; i < csv.header().size(); ++i)
            if (matches(csv.header()[i])) return i;
        throw Error(std::string("there is no column \"") + wanted + "\"",
                    file + ":" + std::to_string(csv.headerLine()),
                    "Name the columns name, email, zone, hours.");
    };
    const auto means = [](Field field) {
        return [field](const std::string& name) { return columnOf(name).field == field; };
    };
    const auto isHours = [](const std::string& name) {
        const auto folded = foldName(name);
        return folded == "hours" || folded == "workinghours" || folded == "availability" ||
               folded == "officehours";
    };
    return {find("name", means(Field::fullName)), find("email", means(Field::email)),
            find("zone", means(Field::zone)), find("hours", isHours)};
}

Result<meeting::AccountManager> managerOf(const CsvRow& row, const TeamColumns& columns,
                                          std::set<std::string>& seen, Instant now) {
    if (!row.problem.empty())
        return Problem{"the row " + row.problem, {}, "Put hours that contain a comma in quotes."};
    meeting::AccountManager manager{{},
                                    row.fields[columns.name],
                                    emailAddress(row.fields[columns.email]),
                                    row.fields[columns.zone],
                                    row.fields[columns.hours]};
    if (manager.name.empty()) return Problem{"the name is empty", {}, "Write the name that leads will read."};
    if (manager.email.empty())
        return Problem{"\"" + row.fields[columns.email] + "\" is not an e-mail address",
                       {},
                       "Invitations are sent to it."};
    if (!seen.insert(manager.email).second)
        return Problem{manager.email + " stands here twice", {}, "Keep one of the rows."};
    if (!isZone(manager.zone))
        return Problem{"\"" + manager.zone + "\" is not a time zone",
                       {},
                       "Use a name such as America/Phoenix or Asia/Kolkata."};
    if (const auto hours = meeting::WeekHours::parse(manager.hours); !hours)
        return Problem{"in the hours, " + hours.problem().where + ", " + hours.problem().what,
                       {},
                       hours.problem().remedy};
    manager.id = ManagerId(uuid7(now, "manager:" + manager.email));
    return manager;
}

}  // namespace

std::vector<meeting::AccountManager> readTeam(std::string_view bytes, const std::string& file, Instant now) {
    CsvReader csv(bytes, file);
    const auto columns = columnsIn(csv, file);
    std::vector<meeting::AccountManager> team;
    std::set<std::string> seen;
    std::optional<Problem> first;
    int more = 0;
    for (CsvRow row; csv.next(row);) {
        auto manager = managerOf(row, columns, seen, now);
        if (manager) {
            team.push_back(std::move(manager).value());
        } else if (first) {
            ++more;
        } else {
            first = manager.problem();
            first->where = file + ":" + std::to_string(row.line);
        }
    }
    if (first && more > 0)
        first->remedy +=
            " " + std::to_string(more) + (more == 1 ? " more row needs" : " more rows need") + " a look.";
    if (first) throw Error(*first);
    if (team.empty())
        throw Error("there is nobody in the team", file, "Add a row with name, email, zone and hours.");
    return team;
}

}  // namespace overture::campaign
