// What an exchange with a model's server means for the engine.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/values.hpp"

namespace overture::models {

/// What differs between vendors when a call fails.
struct Vendor {
    std::string credentials;  ///< "the secret \"api_key\"": what to look at after 401 and 403
    std::string place;        ///< "the settings \"base_url\" and \"model\"": what to look at after 404
    /// The vendor's own word for what went wrong.
    std::function<std::string(const sdk::HttpAnswer&)> codeOf;
    /// The status that an error in a body of status 200 stands for; 0 when it says none. May be absent.
    std::function<int(const sdk::HttpAnswer&)> statusOf = {};
    /// What only this vendor means by it. May be absent.
    std::function<void(sdk::Answer&, const sdk::HttpAnswer&)> amend = {};
};

/// What is wrong with an exchange before anything of its answer is read; otherwise nothing, and the answer is in `document`.
/// A call of which no byte left is `transient`; one that was sent and of which no whole answer came, or none that can be used,
/// is `unknown`: it changed nothing, but may have to be paid. The message names the vendor's code, and never carries what
/// people wrote.
std::optional<sdk::Answer> trouble(const Vendor& vendor, const sdk::HttpAnswer& http, Json& document);

/// What a status that is no success means, with the vendor's word for it.
sdk::Answer refused(const Vendor& vendor, const sdk::HttpAnswer& http);

/// The object at "error" of a body, or the body; empty when it is no object.
Json errorIn(const std::string& body);

/// `code` when it is one word, so that nothing a person wrote can be in it; otherwise "".
std::string plainWord(std::string code);

/// Does a refused request (400, 422) blame the field `name`?
bool blames(const sdk::HttpAnswer& http, std::string_view name);

}  // namespace overture::models
