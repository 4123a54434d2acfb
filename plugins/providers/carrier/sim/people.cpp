#include "people.hpp"

#include <algorithm>
#include <initializer_list>

#include "random.hpp"

namespace overture::sim {

using sdk::Json;
using sdk::Outcome;
using sdk::Refused;

namespace {

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
    throw Refused(Outcome::invalid, where + ": " + what);
}

std::vector<std::string> textsOf(const Json& object, const char* name, const std::string& where) {
    if (!object.contains(name)) return {};
    const auto& list = object[name];
    if (list.is_string()) return {list.get<std::string>()};
    if (list.is_object() && list.empty()) return {};  // an empty Lua table
    const bool texts = list.is_array() && std::all_of(list.begin(), list.end(),
                                                      [](const Json& item) { return item.is_string(); });
    if (!texts) refuse(where, std::string(name) + " must be a list of texts");
    return list.get<std::vector<std::string>>();
}

double numberOf(const Json& object, const char* name, double otherwise, double most,
                const std::string& where) {
    if (!object.contains(name)) return otherwise;
    const auto& value = object[name];
    if (!value.is_number() || value.get<double>() < 0 || value.get<double>() > most)
        refuse(where,
               std::string(name) + " must be a number from 0 to " + std::to_string(static_cast<long>(most)));
    return value.get<double>();
}

void checkNames(const Json& object, std::initializer_list<std::string_view> known, const std::string& where) {
    for (const auto& [name, value] : object.items())
        if (std::find(known.begin(), known.end(), name) == known.end())
            refuse(where, "\"" + name + "\" is not known here");
}

Line readLine(const Json& line, const std::string& where) {
    if (!line.is_object()) refuse(where, "an answer must be an object with hear and say");
    checkNames(line, {"hear", "say", "weight", "then"}, where);
    Line result{.hear = textsOf(line, "hear", where), .say = textsOf(line, "say", where)};
    result.weight = numberOf(line, "weight", 1, 1e9, where);
    if (result.hear.empty()) refuse(where, "an answer needs at least one phrase to hear");
    if (!line.contains("then")) return result;
    const auto& then = line["then"];
    if (then != "silent" && then != "stop" && then != "booked")
        refuse(where, "then can only be \"silent\", \"stop\" or \"booked\"");
    result.lastWord = true;
    return result;
}

void readDelay(const Json& person, Person& result, const std::string& where) {
    if (!person.contains("reply_after")) return;
    const auto& span = person["reply_after"];
    constexpr double kYear = 366.0 * 86400;
    const bool pair = span.is_array() && span.size() == 2 && span[0].is_number() && span[1].is_number() &&
                      span[0] >= 0 && span[0] <= span[1] && span[1] <= kYear;
    if (!pair) refuse(where, "reply_after must be [least, most] seconds");
    result.replyAfterLow = static_cast<std::int64_t>(span[0].get<double>());
    result.replyAfterHigh = static_cast<std::int64_t>(span[1].get<double>());
}

Person readPerson(const Json& person, std::size_t number) {
    auto where = "people[" + std::to_string(number) + "]";
    if (!person.is_object()) refuse(where, "a person must be an object");
    Person result;
    if (person.contains("name") && person["name"].is_string())
        result.name = person["name"].get<std::string>();
    if (result.name.empty()) refuse(where, "a person needs a name");
    where += " (" + result.name + ")";
    checkNames(
        person,
        {"name", "weight", "numbers", "reply_after", "silent", "answers", "otherwise", "gives_up_after"},
        where);
    result.weight = numberOf(person, "weight", 1, 1e9, where);
    result.silent = numberOf(person, "silent", 0, 1, where);
    if (person.contains("numbers")) {
        if (!person["numbers"].is_string())
            refuse(where, "numbers must be the start of a number, like \"+91\"");
        result.numbers = person["numbers"].get<std::string>();
    }
    readDelay(person, result, where);
    if (person.contains("gives_up_after"))
        result.givesUpAfter = static_cast<std::uint64_t>(numberOf(person, "gives_up_after", 0, 1e9, where));
    result.otherwise = textsOf(person, "otherwise", where);
    if (!person.contains("answers")) return result;
    if (person["answers"].is_object() && person["answers"].empty()) return result;
    if (!person["answers"].is_array()) refuse(where, "answers must be a list");
    for (const auto& line : person["answers"])
        result.answers.push_back(
            readLine(line, where + ".answers[" + std::to_string(result.answers.size()) + "]"));
    return result;
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return result;
}

bool hears(const Line& line, const std::string& lowerText) {
    return std::any_of(line.hear.begin(), line.hear.end(), [&](const std::string& phrase) {
        return lowerText.find(lower(phrase)) != std::string::npos;
    });
}

}  // namespace

std::vector<Person> readPeople(const Json& people) {
    if (!people.is_array()) throw Refused(Outcome::invalid, "people must be a list");
    std::vector<Person> result;
    for (const auto& person : people) result.push_back(readPerson(person, result.size()));
    return result;
}

const Person* personOf(const std::vector<Person>& people, std::string_view number, std::uint64_t seed) {
    const auto fits = [&](const Person& person) { return number.starts_with(person.numbers); };
    double total = 0;
    for (const auto& person : people) total += fits(person) ? person.weight : 0;
    double point = Random(hash(number, seed)).unit() * total;
    const Person* last = nullptr;
    for (const auto& person : people) {
        if (!fits(person) || person.weight <= 0) continue;
        last = &person;
        if (point < person.weight) return last;
        point -= person.weight;
    }
    return last;
}

std::optional<Reaction> react(const Person& person, std::string_view number, std::string_view text,
                              std::uint64_t count, std::uint64_t seed) {
    if (count > person.givesUpAfter) return std::nullopt;
    Random random(hash(std::string(number) + "#" + std::to_string(count), seed));
    const auto after = random.between(person.replyAfterLow, person.replyAfterHigh);
    if (random.chance(person.silent)) return std::nullopt;
    const auto one = [&](const std::vector<std::string>& texts) {
        return texts.empty() ? std::string() : texts[random.below(texts.size())];
    };
    const auto heard = lower(text);
    for (const auto& line : person.answers)
        if (hears(line, heard) && random.chance(line.weight))
            return Reaction{after, one(line.say), line.lastWord};
    return Reaction{after, one(person.otherwise), false};
}

}  // namespace overture::sim
