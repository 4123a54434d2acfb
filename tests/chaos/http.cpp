#include "chaos/http.hpp"

#include <Poco/HMACEngine.h>
#include <Poco/Net/HTMLForm.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/SHA1Engine.h>
#include <Poco/StreamCopier.h>
#include <Poco/ThreadPool.h>
#include <Poco/URI.h>

#include <sstream>
#include <thread>

#include "base/digest.hpp"

namespace overture::chaos {
namespace {

constexpr int kThreads = 400;  // every kept-alive connection of an engine holds one

Heard heardOf(Poco::Net::HTTPServerRequest& request) {
    Heard heard;
    const Poco::URI uri(request.getURI());
    heard.method = request.getMethod();
    heard.path = uri.getPath();
    for (const auto& [name, value] : uri.getQueryParameters()) heard.fields[name] = value;
    Poco::StreamCopier::copyToString(request.stream(), heard.body);
    if (request.getContentType().starts_with("application/x-www-form-urlencoded")) {
        std::istringstream in(heard.body);
        for (const auto& [name, value] : Poco::Net::HTMLForm(request, in)) heard.fields[name] = value;
    }
    return heard;
}

class Handler final : public Poco::Net::HTTPRequestHandler {
public:
    explicit Handler(const std::function<Said(const Heard&)>& answer) : answer_(answer) {}
    void handleRequest(Poco::Net::HTTPServerRequest& request,
                       Poco::Net::HTTPServerResponse& response) override {
        const auto said = answer_(heardOf(request));
        std::this_thread::sleep_for(said.wait);
        if (said.hangUp) {
            dynamic_cast<Poco::Net::HTTPServerRequestImpl&>(request).detachSocket().close();
            return;
        }
        response.setStatus(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(said.status));
        response.setContentType("application/json");
        if (!said.retryAfter.empty()) response.set("Retry-After", said.retryAfter);
        response.sendBuffer(said.body.data(), said.body.size());
    }

private:
    const std::function<Said(const Heard&)>& answer_;
};

class Factory final : public Poco::Net::HTTPRequestHandlerFactory {
public:
    explicit Factory(const std::function<Said(const Heard&)>& answer) : answer_(answer) {}
    Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest&) override {
        return new Handler(answer_);
    }

private:
    const std::function<Said(const Heard&)>& answer_;
};

std::string encoded(const std::string& text) {
    std::string out;
    Poco::URI::encode(text, "!#$&'()*+,/:;=?@[] ", out);
    return out;
}

std::string signatureOf(const std::string& url, const std::string& token, const Form& form) {
    std::string text = url;
    for (const auto& [name, value] : form) text += name + value;
    Poco::HMACEngine<Poco::SHA1Engine> engine(token);
    engine.update(text);
    const auto& digest = engine.digest();
    return toBase64(std::string(digest.begin(), digest.end()));
}

}  // namespace

struct HttpServer::Impl {
    explicit Impl(std::function<Said(const Heard&)> function)
        : answer(std::move(function)),
          threads(4, kThreads),
          socket(Poco::Net::SocketAddress("127.0.0.1", 0), 512),
          server(new Factory(answer), threads, socket, new Poco::Net::HTTPServerParams) {
        server.start();
    }
    std::function<Said(const Heard&)> answer;
    Poco::ThreadPool threads;
    Poco::Net::ServerSocket socket;
    Poco::Net::HTTPServer server;
};

HttpServer::HttpServer(std::function<Said(const Heard&)> answer)
    : impl_(std::make_unique<Impl>(std::move(answer))) {}

HttpServer::~HttpServer() {
    impl_->server.stopAll(true);
}

std::string HttpServer::url() const {
    return "http://127.0.0.1:" + std::to_string(impl_->socket.address().port());
}

int postSigned(std::uint16_t port, const std::string& signedUrl, const std::string& token, const Form& form,
               std::string* said) {
    thread_local std::map<std::uint16_t, std::unique_ptr<Poco::Net::HTTPClientSession>> sessions;
    auto& kept = sessions[port];
    try {
        std::string body;
        for (const auto& [name, value] : form)
            body += (body.empty() ? "" : "&") + name + "=" + encoded(value);
        if (!kept) kept = std::make_unique<Poco::Net::HTTPClientSession>("127.0.0.1", port);
        auto& session = *kept;
        session.setTimeout(Poco::Timespan(10, 0));
        session.setKeepAlive(true);
        Poco::Net::HTTPRequest request("POST", Poco::URI(signedUrl).getPath(), "HTTP/1.1");
        request.set("X-Twilio-Signature", signatureOf(signedUrl, token, form));
        request.setContentType("application/x-www-form-urlencoded");
        request.setContentLength64(static_cast<Poco::Int64>(body.size()));
        session.sendRequest(request) << body;
        Poco::Net::HTTPResponse response;
        std::string answer;
        Poco::StreamCopier::copyToString(session.receiveResponse(response), answer);
        if (said != nullptr) *said = answer;
        return response.getStatus();
    } catch (const Poco::Exception&) {
        kept.reset();
        return 0;  // killed before it answered: the caller tries again, as a vendor does
    }
}

std::uint16_t freePort() {
    const Poco::Net::ServerSocket socket(Poco::Net::SocketAddress("127.0.0.1", 0));
    return socket.address().port();
}

}  // namespace overture::chaos
