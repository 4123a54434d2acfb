// Inside service: what is answered to one HTTP request.
#pragma once

#include <Poco/Net/HTTPRequestHandlerFactory.h>

#include "api/api.hpp"
#include "service/live.hpp"
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
};

/// Routes requests of one Site, which must outlive it.
class Router final : public Poco::Net::HTTPRequestHandlerFactory {
public:
    explicit Router(Site& site) : site_(site) {}
    Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest& request) override;

private:
    Site& site_;
};

}  // namespace overture::service
