// The shape of an answer, told to models.
#pragma once

#include <string>
#include <vector>

#include "common/values.hpp"

namespace overture::models {

/// {name, schema} of a model.chat/1 request; a bare schema is named "answer".
struct WantedShape {
    std::string name;
    Json schema;
    static WantedShape read(const Json& wanted);
};

/// Every object closed, every property required: as strict structured output takes it.
Json strictSchema(Json schema);

/// Without the named keywords, at every depth; a property of such a name stays.
Json withoutKeywords(Json schema, const std::vector<std::string>& keywords);

/// For a server that is not told the schema: it stands in the instructions.
std::string schemaInWords(const Json& schema);

/// No fewer tokens than the body has: one for each three bytes of ASCII (English has one in four or more) and one for each
/// other byte.
std::int64_t mostTokensOf(const Json& body);

/// The arguments of a tool call: an object, also when they came as its text.
Json argumentsOf(const Json& call);

}  // namespace overture::models
