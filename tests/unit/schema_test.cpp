#include "base/schema.hpp"

#include <gtest/gtest.h>

namespace overture {
namespace {

std::string said(const Json& schema, Json document) {
    const auto broken = checkSchema(schema, "schema");
    if (broken) return "schema: " + broken->sentence();
    const auto problem = applySchema(schema, document, "settings");
    return problem ? problem->sentence() : "fits";
}

std::string wrongSchema(const char* text) {
    const auto broken = checkSchema(Json::parse(text), "schema");
    return broken ? broken->sentence() : "in order";
}

TEST(Schema, KeywordsItDoesNotKnowAreRefused) {
    EXPECT_EQ(wrongSchema(R"({"type":"object","oneOf":[]})"),
              "schema: the schema keyword \"oneOf\" is not known here. Did you mean \"anyOf\"?");
    EXPECT_EQ(wrongSchema(R"({"properties":{"a":{"minLenght":1}}})"),
              "schema.properties.a: the schema keyword \"minLenght\" is not known here. Did you mean "
              "\"minLength\"?");
    EXPECT_EQ(wrongSchema(R"({"items":{"format":"uri"}})"),
              "schema.items: the schema keyword \"format\" is not known here");
}

TEST(Schema, KeywordsMustBeWrittenRightly) {
    for (const char* bad :
         {R"([])", R"({"type":"text"})", R"({"type":[]})", R"({"required":"a"})", R"({"enum":[]})",
          R"({"minimum":"1"})", R"({"minLength":-1})", R"({"maxItems":1.5})", R"({"pattern":"("})",
          R"({"properties":[]})", R"({"items":1})", R"({"additionalProperties":1})"})
        EXPECT_NE(wrongSchema(bad), "in order") << bad;
    EXPECT_EQ(wrongSchema(R"({"$schema":"x","title":"t","type":["string","null"],"default":null})"),
              "in order");
}

TEST(Schema, FitsValues) {
    EXPECT_EQ(said({{"type", "string"}}, 1), "settings: must be of type string, not number");
    EXPECT_EQ(said({{"type", {"string", "null"}}}, nullptr), "fits");
    EXPECT_EQ(said({{"type", "integer"}}, 1.5), "settings: must be of type integer, not number");
    EXPECT_EQ(said({{"type", "number"}}, 1.5), "fits");
    EXPECT_EQ(said({{"minimum", 2}}, 1), "settings: must be at least 2");
    EXPECT_EQ(said({{"minimum", 2}}, 2), "fits");
    EXPECT_EQ(said({{"maximum", 2.5}}, 3), "settings: must be at most 2.5");
    EXPECT_EQ(said({{"minLength", 1}}, ""), "settings: must not be empty");
    EXPECT_EQ(said({{"minLength", 3}}, "é1"), "settings: must have at least 3 characters");
    EXPECT_EQ(said({{"maxLength", 2}}, "éé"), "fits");
    EXPECT_EQ(said({{"maxLength", 2}}, "abc"), "settings: must have at most 2 characters");
    EXPECT_EQ(said({{"pattern", "^AC[0-9]+$"}}, "AC12"), "fits");
    EXPECT_EQ(said({{"pattern", "^AC[0-9]+$"}}, "XAC12"), "settings: must match ^AC[0-9]+$");
    EXPECT_EQ(said({{"enum", {"low", "high"}}}, "hihg"),
              "settings: must be one of \"low\", \"high\". Did you mean \"high\"?");
    EXPECT_EQ(said({{"const", 3}}, 4), "settings: must be 3");
    EXPECT_EQ(said({{"minItems", 1}}, Json::array()), "settings: must have at least 1 entries");
    EXPECT_EQ(said({{"items", {{"type", "string"}}}}, {"a", "b", 3}),
              "settings[2]: must be of type string, not number");
}

TEST(Schema, NamesTheFieldAndTheLikelyKey) {
    const auto schema = Json::parse(R"({"type":"object","required":["account"],"additionalProperties":false,
        "properties":{"account":{"type":"string"},"numbers":{"type":"array","items":{
            "type":"object","required":["phone"],"properties":{"phone":{"type":"string"}}}}}})");
    EXPECT_EQ(said(schema, {{"acount", "x"}}),
              "settings.acount: there is no such setting. Did you mean \"account\"?");
    EXPECT_EQ(said(schema, Json::object()), "settings.account: is missing");
    EXPECT_EQ(said(schema, {{"account", "x"}, {"numbers", {Json::object({{"fone", "1"}})}}}),
              "settings.numbers[0].phone: is missing. Did you mean it by \"fone\"?");
    EXPECT_EQ(said({{"additionalProperties", {{"type", "string"}}}}, {{"any", 1}}),
              "settings.any: must be of type string, not number");
}

TEST(Schema, TellsTheBranchThatWasMeant) {
    const auto schema = Json::parse(R"({"anyOf":[{"$ref":"#/$defs/dog"},{"$ref":"#/$defs/cat"}],"$defs":{
        "dog":{"type":"object","required":["is","barks"],"additionalProperties":false,
               "properties":{"is":{"const":"dog"},"barks":{"type":"boolean"}}},
        "cat":{"type":"object","required":["is"],"additionalProperties":false,
               "properties":{"is":{"const":"cat"},"lives":{"type":"integer","maximum":9}}}}})");
    ASSERT_FALSE(checkSchema(schema, "schema"));
    EXPECT_EQ(said(schema, {{"is", "cat"}, {"lives", 9}}), "fits");
    EXPECT_EQ(said(schema, {{"is", "cat"}, {"lives", 10}}), "settings.lives: must be at most 9");
    EXPECT_EQ(said(schema, {{"is", "dog"}}), "settings.barks: is missing");
    EXPECT_EQ(said(schema, {{"is", "cow"}}),
              "settings.is: must be one of \"dog\", \"cat\". Did you mean \"dog\"?");
    EXPECT_EQ(said(schema, Json::object()), "settings.is: is missing");
    EXPECT_EQ(said(schema, 3), "settings: must be of type object, not number");
}

TEST(Schema, AReferenceLeadsSomewhere) {
    EXPECT_EQ(wrongSchema(R"({"$ref":"#/$defs/a"})"), "schema: there is no #/$defs/a here");
    EXPECT_EQ(wrongSchema(R"({"$ref":"elsewhere.json"})"),
              "schema: \"$ref\" must be \"#/$defs/\" and a name");
    EXPECT_EQ(wrongSchema(R"({"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}})"),
              "schema.$defs.a: #/$defs/a leads back to itself");
    EXPECT_EQ(wrongSchema(R"({"anyOf":[]})"), "schema: \"anyOf\" must be a list of schemas");
}

TEST(Schema, FillsDefaultsAllTheWayDown) {
    const auto schema = Json::parse(
        R"({"properties":{"a":{"default":1},"b":{"default":{},"properties":{"c":{"default":"x"}}}}})");
    Json document{{"a", 2}};
    ASSERT_FALSE(applySchema(schema, document, "settings"));
    EXPECT_EQ(document, Json::parse(R"({"a":2,"b":{"c":"x"}})"));
    EXPECT_EQ(said(Json::parse(R"({"properties":{"a":{"type":"string","default":1}}})"), Json::object()),
              "settings.a: must be of type string, not number");
}

}  // namespace
}  // namespace overture
