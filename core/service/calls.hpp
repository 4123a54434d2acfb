#pragma once

#include <Poco/Net/StreamSocket.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/parts.hpp"
#include "agent/sender.hpp"
#include "agent/speaker.hpp"
#include "base/clock.hpp"
#include "service/sorter.hpp"
#include "store/database.hpp"
#include "turn/types.hpp"

namespace overture::service {

class Recordings;

struct CallsOptions {
    std::string engine;          ///< this engine's own name, which no other has
    std::string publicUrl = {};  ///< how carriers reach it; their sound comes to the same place as wss
    int speakers = 64;           ///< sentences that are turned into sound at once
    int most = 500;              ///< calls at once; who comes then is not connected
    seconds sign{15};            ///< an engine that gave no sign of life for so long has no calls any more
    seconds longest{1800};       ///< no call lasts longer, whatever its campaign says
    Recordings* recordings = nullptr;   ///< without it no call is recorded
    agent::Library* library = nullptr;  ///< without it calls have no words of their playbooks
};

/// The calls of this engine: places them, takes their sound in, holds them, and writes down what became of them. One thread has all
/// sockets and a clock of 20 ms. Any thread may call.
class Calls final : public agent::CallBook {
public:
    static constexpr const char* kPath = "/v1/calls/media/";
    static constexpr const char* kAskPath = "/v1/calls/words/";

    Calls(store::Database& database, const Clock& clock, agent::Instances& instances, CallsOptions options,
          std::function<void()> wake);
    ~Calls() override;  ///< stops

    /// What a carrier must be told to place the call of this delivery; its record is written before anything leaves. Nothing when its call
    /// was placed already, or there is no address for its sound.
    std::optional<Json> place(const turn::Delivery& delivery) override;
    /// What came of it.
    void placed(const turn::Delivery& delivery, const turn::SendResult& result) override;

    /// Where a call is to be connected to: {url, token, words_url}; the token is good once the call is written down with its digest.
    Json mediaFor(const BindingId& binding) const;
    /// What a carrier must know of a call that its webhook asks about, {call_id?, reference?}: {call_id, language, say, transfer_to,
    /// summary, most_seconds}; nothing when there is no such call.
    std::optional<Json> known(const OrganizationId& organization, const BindingId& binding,
                              const Json& asked);
    /// A carrier's word on a call, already written down: {call_id, status, answered_by?}.
    void noted(const Json& event);

    /// Whether a socket may come in for this binding; the organization it belongs to.
    std::optional<OrganizationId> ownerOf(const BindingId& binding);
    /// A socket after its handshake, whose head is still to be sent; `early` came behind the request.
    void take(Poco::Net::StreamSocket socket, const OrganizationId& organization, const BindingId& binding,
              const std::string& head, const std::string& early);

    /// A carrier that has no socket asks what is to be said, {method, url, headers, body_base64}; see AskedCalls.
    std::optional<HttpAnswer> ask(const OrganizationId& organization, const BindingId& binding,
                                  const Json& request, const std::function<Poco::Net::StreamSocket()>& take);

    /// Where a turn's reply is said: the call of its events, if this engine has it.
    std::shared_ptr<agent::Speaker> speaker(const turn::Opened& opened);

    int live() const;
    void stop();  ///< says goodbye in every call

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace overture::service
