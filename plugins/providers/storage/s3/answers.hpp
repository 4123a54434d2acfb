// Inside s3: what the store's answers mean.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "overture/plugin.hpp"

namespace overture::s3 {

/// What is wrong with an answer that is none of the good ones. Nothing of S3 happens twice, so what is unknown is transient.
sdk::Answer problemOf(const sdk::HttpAnswer& answer);

/// The text of the first element of that name; "" when there is none.
std::string elementIn(std::string_view xml, std::string_view name);

/// The ids of this key's versions and delete markers in the answer of ListObjectVersions.
std::vector<std::string> versionsIn(std::string_view xml, const std::string& key);

/// The whole object's size in "bytes 0-99/1234"; -1 when it does not say so.
std::int64_t wholeSize(const std::string& contentRange);

}  // namespace overture::s3
