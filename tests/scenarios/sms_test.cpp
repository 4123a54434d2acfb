// `overture sms segments`, asked as an operator or a script would.
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

TEST(SmsSegments, OneText) {
    const auto ran = overture({"sms", "segments", "Hi Asha, is now a bad time?"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(answersOf(ran), (std::vector<Json>{{{"encoding", "GSM-7"}, {"segments", 1}, {"units", 27}}}));
}

TEST(SmsSegments, WrongUsageAndMissingFiles) {
    EXPECT_EQ(overture({"sms", "segments"}).status, 2);
    EXPECT_EQ(overture({"sms", "segments", "one", "two"}).status, 2);
    EXPECT_EQ(overture({"sms", "segments", "one", "--batch", "-"}).status, 2);
    EXPECT_EQ(overture({"sms", "segments", "--batch", "/does/not/exist"}).status, 1);
    EXPECT_EQ(overture({"sms", "segments", "\xFF"}).status, 1);
    const auto noPlugin = overture({"sms", "segments", "--plugins", "/does/not/exist", "hello"});
    EXPECT_EQ(noPlugin.status, 1);
    EXPECT_NE(noPlugin.err.find("/does/not/exist/sms"), std::string::npos) << noPlugin.err;
}

TEST(SmsSegments, ABadLineSaysSoAndTheBatchGoesOn) {
    const std::string questions =
        "{\"id\":1,\"text\":\"€\"}\n\n"
        "not json\n"
        "{\"id\":\"b\",\"text\":7}\n"
        "{\"id\":\"c\",\"text\":\"\\ud83d\\udc4d\"}\r\n"
        "{\"id\":4,\"text\":\"“Hi”\"}";
    const std::vector<Json> answers{
        {{"id", 1}, {"encoding", "GSM-7"}, {"segments", 1}, {"units", 2}},
        {{"id", nullptr}, {"error", "line 3 is not JSON"}},
        {{"id", "b"}, {"error", "\"text\" is missing or not a text"}},
        {{"id", "c"}, {"encoding", "UCS-2"}, {"segments", 1}, {"units", 2}},
        {{"id", 4}, {"encoding", "UCS-2"}, {"segments", 1}, {"units", 4}},
    };
    const auto fromInput = overture({"sms", "segments", "--batch", "-"}, questions);
    EXPECT_EQ(answersOf(fromInput), answers);
    EXPECT_EQ(fromInput.status, 1);
    const Folder folder;
    EXPECT_EQ(answersOf(overture({"sms", "segments", "--batch", folder.write("in", questions)})), answers);
    EXPECT_EQ(overture({"sms", "segments", "--batch", "-"}, "{\"id\":1,\"text\":\"a\"}\n").status, 0);
}

}  // namespace
}  // namespace overture::testing
