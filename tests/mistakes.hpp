// What a vendor's description refuses must be refused by our plugin itself, in a clear sentence and before anything leaves.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "contracts.hpp"
#include "openapi.hpp"
#include "overture/testing/fake_host.hpp"

namespace overture::contracts {

/// One mistake made twice: in what the vendor would be sent, and in what the engine asks of the plugin. A null takes the member
/// away.
struct Mistake {
    std::string theirs;
    Json sent;
    std::string ours;
    Json asked;
    std::string says;  ///< stands in the plugin's sentence
};

/// A right request, as it leaves and as the engine asks it, and who judges it on both sides.
struct Sides {
    Json sent, asked;
    std::function<std::vector<std::string>(const Json&)> faults;  ///< by the vendor's description
    std::function<sdk::Answer(const Json&)> ask;                  ///< the plugin, on `host`
    testing::FakeHost& host;
};

inline Json spoiled(Json good, const std::string& pointer, const Json& value) {
    const Json::json_pointer place(pointer);
    if (value.is_null() && good.at(place.parent_pointer()).is_object())
        good.at(place.parent_pointer()).erase(place.back());
    else
        good[place] = value;
    return good;
}

inline sdk::Answer answerTo(const std::function<sdk::Answer(const Json&)>& ask, const Json& request) {
    try {
        return ask(request);
    } catch (const sdk::Refused& refused) {
        return sdk::Answer::no(refused.outcome, refused.what());
    }
}

/// Each mistake is refused on both sides; puts a line into the list for each of `operations`.
inline void refused(const std::string& provider, const std::vector<std::string>& operations,
                    const std::string& file, const Sides& sides, const std::vector<Mistake>& mistakes) {
    EXPECT_TRUE(sides.faults(sides.sent).empty()) << "the right one: " << sides.faults(sides.sent)[0];
    const auto left = sides.host.requests().size();
    for (const auto& mistake : mistakes) {
        const auto what = mistake.theirs + " " + mistake.sent.dump().substr(0, 60) + ", asked " +
                          mistake.ours + " " + mistake.asked.dump().substr(0, 60);
        EXPECT_FALSE(sides.faults(spoiled(sides.sent, mistake.theirs, mistake.sent)).empty())
            << "the description takes " << what;
        const auto answer = answerTo(sides.ask, spoiled(sides.asked, mistake.ours, mistake.asked));
        EXPECT_TRUE(answer.outcome == sdk::Outcome::invalid || answer.outcome == sdk::Outcome::unsupported)
            << what << ": outcome " << static_cast<int>(answer.outcome);
        EXPECT_NE(answer.message.find(mistake.says), std::string::npos) << what << ": " << answer.message;
        EXPECT_EQ(sides.host.requests().size(), left) << "it left: " << what;
    }
    if (::testing::Test::HasFailure()) return;
    for (const auto& operation : operations)
        std::cout << "contract: " << provider << " | " << operation << " | " << mistakes.size()
                  << " wrong ones refused by " << file << " and by us" << std::endl;
}

/// Whatever stands in what the engine asks: it is refused, or what leaves for it is taken by the description.
struct Strange {
    Json asked;  ///< a right request; each member of it is made strange in turn
    std::function<sdk::Answer(const Json&)> ask;                                  ///< the plugin, on `host`
    std::function<testing::HttpAnswer(const testing::HttpRequest&)> vendor;       ///< what it is answered
    std::function<std::vector<std::string>(const testing::HttpRequest&)> faults;  ///< by the description
    testing::FakeHost& host;
};

/// "/parts", "/parts/0", "/parts/0/text": every place in a document.
inline void placesIn(const Json& document, const std::string& at, std::vector<std::string>& out) {
    if (!at.empty()) out.push_back(at);
    if (document.is_array())
        for (std::size_t i = 0; i < document.size(); ++i)
            placesIn(document[i], at + "/" + std::to_string(i), out);
    if (document.is_object())
        for (const auto& [name, item] : document.items()) placesIn(item, at + "/" + name, out);
}

/// A vendor that is unwell: what is asked of it ends with the first request.
inline testing::HttpAnswer unwell(const testing::HttpRequest&) {
    return {true, true, 500, {}, {}, {}};
}

/// What the description says of a request whose body is JSON; `base` is the address that its paths begin after.
inline std::function<std::vector<std::string>(const testing::HttpRequest&)> jsonFaults(
    const openapi::Judge& judge, std::string base) {
    return [&judge, base](const testing::HttpRequest& request) {
        if (!request.url.starts_with(base)) return std::vector<std::string>{"it goes to " + request.url};
        const auto path = request.url.substr(base.size(), request.url.find('?') - base.size());
        return judge.requestFaults(lowerAscii(request.method), path, Json::parse(request.body));
    };
}

/// Puts a line into the list for each of `operations`.
inline void neverWrong(const std::string& provider, const std::vector<std::string>& operations,
                       const std::string& file, const Strange& strange) {
    const std::vector<Json> strangers{nullptr,
                                      true,
                                      -1,
                                      1e300,
                                      "",
                                      "../x?y#z\r\nX: y",
                                      Json::array(),
                                      Json::object(),
                                      Json::array({1}),
                                      std::string(5000, 'x')};
    std::string now;
    std::size_t tried = 0, left = 0;
    strange.host.answerWith([&](const testing::HttpRequest& request) {
        ++left;
        const auto faults = strange.faults(request);
        EXPECT_TRUE(faults.empty()) << now << ": " << faults[0] << "\n"
                                    << request.method << " " << request.url << "\n"
                                    << request.body.substr(0, 500);
        return strange.vendor(request);
    });
    std::vector<std::string> places;
    placesIn(strange.asked, "", places);
    for (const auto& place : places)
        for (const auto& stranger : strangers) {
            now = place + " " + stranger.dump().substr(0, 40);
            const auto answer = answerTo(strange.ask, spoiled(strange.asked, place, stranger));
            EXPECT_TRUE(answer.outcome == sdk::Outcome::ok || !answer.message.empty()) << now;
            ++tried;
        }
    EXPECT_GT(left, 0U) << "nothing was judged";
    if (::testing::Test::HasFailure()) return;
    for (const auto& operation : operations)
        std::cout << "contract: " << provider << " | " << operation << " | of " << tried
                  << " strange ones none left that " << file << " refuses" << std::endl;
}

}  // namespace overture::contracts
