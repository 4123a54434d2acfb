// Inside service: what is answered to one HTTP request.
#pragma once

#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>

#include "api/api.hpp"
#include "service/calls.hpp"
#include "service/live.hpp"
#include "service/recordings.hpp"
#include "service/server.hpp"

namespace overture::service {

struct Site {
    std::string publicUrl;
    std::size_t largestBody;
    seconds timeout;
    std::string metricsToken;
    Unsubscribing* unsubscribing;
    store::Database& database;
    Intake& intake;
    api::Api& api;
    const Clock& clock;
    Live& live;
    Calls* calls;
    Recordings* recordings;
};

/// Answers one request. Any thread.
void answerRequest(Poco::Net::HTTPServerRequest& request, Poco::Net::HTTPServerResponse& response,
                   const Site& site);

}  // namespace overture::service
