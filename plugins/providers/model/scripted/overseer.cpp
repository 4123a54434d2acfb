#include "overseer.hpp"

#include <algorithm>

namespace overture::scripted {

Json playOverseer(const Json& context) {
    static const std::vector<std::string_view> kPromises{"guarantee",     "guaranteed", "no risk",
                                                         "risk free",     "i promise",  "we promise",
                                                         "you will save", "गारंटी"};
    const auto reply = textOf(context, "reply");
    const auto approved = listOf(context, "approved");
    const auto same = [&](const std::string& text) { return collapse(text) == collapse(reply); };
    Json reasons = Json::array();
    if (std::none_of(approved.begin(), approved.end(), same)) {
        const auto all = plain(reply);
        if (saysAny(all, kPromises)) reasons.push_back("It promises a result.");
        if (reply.find_first_of("{}") != std::string::npos)
            reasons.push_back("It leaves a placeholder open.");
    }
    for (const auto& word : listOf(context, "never"))
        if (plain(reply).find(plain(word)) != std::string::npos)
            reasons.push_back("It says \"" + word + "\".");
    if (collapse(reply).empty()) reasons.push_back("It is empty.");
    return Json{{"verdict", reasons.empty() ? "approve" : "revise"}, {"reasons", reasons}};
}

}  // namespace overture::scripted
