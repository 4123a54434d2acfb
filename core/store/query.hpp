#pragma once

namespace overture::store {

/// A named statement. Written in schema/queries/<room>/<name>.sql; the name appears in logs, errors and metrics.
struct Query {
    const char* name;
    const char* sql;
};

}  // namespace overture::store
