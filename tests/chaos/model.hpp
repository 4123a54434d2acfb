// A model's server in the shape of OpenAI's chat completions that remembers every request.
#pragma once

#include <mutex>

#include "chaos/http.hpp"
#include "chaos/judge.hpp"

namespace overture::chaos {

/// Answers drafts with the markers of what the lead wrote last and a serial of its own, reviews with "approve".
class StubModel {
public:
    StubModel();
    std::string url() const { return server_.url() + "/v1"; }
    std::vector<Call> calls() const;

private:
    Said answer(const Heard& heard);

    mutable std::mutex mutex_;
    std::vector<Call> calls_;
    HttpServer server_;
};

}  // namespace overture::chaos
