// The vendors' own descriptions (../shared/contracts beside the checkout, or where OVERTURE_CONTRACTS says),
// for tests that judge a plugin by something its authors did not write. Without them such a test is skipped
// and says so.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>

#include "base/json.hpp"
#include "base/text.hpp"

namespace overture::contracts {

inline std::string pathOf(const std::string& file) {
    const char* folder = std::getenv("OVERTURE_CONTRACTS");
    return (folder != nullptr ? std::string(folder) : OVERTURE_SOURCE_DIR "/../shared/contracts") + "/" +
           file;
}

inline std::optional<Json> read(const std::string& file) {
    if (!std::filesystem::exists(pathOf(file))) return std::nullopt;
    return parseJson(readFile(pathOf(file)), file).orThrow();
}

/// Puts a line into the list of what was judged by a vendor's description: provider, operation, result.
inline void accepted(const std::string& provider, const std::string& operation, const std::string& file) {
    if (::testing::Test::HasFailure()) return;
    std::cout << "contract: " << provider << " | " << operation << " | accepted by " << file << std::endl;
}

}  // namespace overture::contracts

/// Declares `name` as the description in `file`, or skips the test.
#define OVERTURE_CONTRACT(name, file)                                                       \
    const auto name##Found = overture::contracts::read(file);                               \
    if (!name##Found) GTEST_SKIP() << overture::contracts::pathOf(file) << " is not there"; \
    const auto& name = *name##Found
