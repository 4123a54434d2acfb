// Inside service: calls whose carrier asks for each reply by a request.
#pragma once

#include <Poco/Net/StreamSocket.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "agent/parts.hpp"
#include "agent/speaker.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "service/sorter.hpp"
#include "store/database.hpp"
#include "turn/types.hpp"

namespace overture::service {

/// Such a carrier hears, speaks and stops by itself; between two requests the call is its own. What the person said becomes an event, what
/// the turn says is the answer, sentence by sentence. The same words asked for again have the same answer, and no second turn. Any thread.
class AskedCalls {
public:
    struct Options {
        std::string engine;  ///< that has a conversation while it answers
        seconds sign;        ///< for so long
        seconds longest;     ///< no call lasts longer
    };
    AskedCalls(store::Database& database, const Clock& clock, agent::Instances& instances, Options options,
               std::function<void()> wake);
    ~AskedCalls();  ///< ends the answers that are open

    /// {method, url, headers, body_base64}. With nothing the connection was taken, and is answered from here on.
    std::optional<HttpAnswer> ask(const OrganizationId& organization, const BindingId& binding,
                                  const Json& request, const std::function<Poco::Net::StreamSocket()>& take);
    /// Where the turn's reply is said, if its events were asked for here.
    std::shared_ptr<agent::Speaker> speaker(const turn::Opened& opened);
    /// Its carrier says that the call is over: what was said last goes into its transcript.
    void ended(const std::string& call);

private:
    struct Answer;
    struct Asked;
    class Saying;
    std::shared_ptr<Answer> asked(const OrganizationId& organization, const BindingId& binding,
                                  const Json& started, const std::string& played, const Json& heard);
    void noteHeard(store::Transaction& tx, const Asked& asked, const std::string& played) const;
    std::shared_ptr<Answer> answerFor(const Asked& asked);
    void watch();
    void finish(Answer& answer);

    store::Database& database_;
    const Clock& clock_;
    agent::Instances& instances_;
    const Options options_;
    const std::function<void()> wake_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::map<std::string, std::shared_ptr<Answer>> answers_;  // by the key of their event
    std::map<std::string, std::shared_ptr<Answer>> latest_;   // by call
    std::thread watcher_;
};

}  // namespace overture::service
