// Calls that are given to a person, through the carrier's own webhooks, its API and both of its media sockets: what who takes them is
// told, what comes of it, and what those are told whom nobody took.
#include <condition_variable>

#include "feed/feed.hpp"
#include "form.hpp"
#include "http_peer.hpp"
#include "pg/sounding_calls.hpp"
#include "relay_phone.hpp"
#include "signature.hpp"

namespace overture::service {
namespace {

using overture::testing::RelayPhone;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

const std::string kReference = "CA00000000000000000000000000000002";
const std::string kTaker = "+16025550124";

/// Its API as far as calls are changed there: keeps what was asked, and asks `before` each answer.
class TwilioApi {
public:
    TwilioApi() : peer_([this](net::StreamSocket& socket, int) { serve(socket); }) {}
    std::string url() const { return peer_.url(""); }
    std::vector<std::string> twiml() const {
        const std::scoped_lock lock(mutex_);
        return twiml_;
    }
    std::function<void()> before = [] {};
    std::atomic<int> status = 200;

private:
    void serve(net::StreamSocket& socket) {
        std::string request;
        for (;;) {
            char bytes[4096];
            const auto got = socket.receiveBytes(bytes, sizeof bytes);
            if (got <= 0) return;
            request.append(bytes, static_cast<std::size_t>(got));
            const auto end = request.find("\r\n\r\n");
            const auto length = request.find("Content-Length: ");
            if (end == std::string::npos || length == std::string::npos) continue;
            if (request.size() < end + 4 + std::stoul(request.substr(length + 16))) continue;
            before();
            const auto form = twilio::parseForm(request.substr(end + 4));
            {
                const std::scoped_lock lock(mutex_);
                twiml_.emplace_back(twilio::valueOf(form, "Twiml"));
            }
            const std::string body = R"({"sid":"x","status":"in-progress"})";
            const auto answer =
                "HTTP/1.1 " + std::to_string(status) +
                " OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\nConnection: close\r\n\r\n" + body;
            socket.sendBytes(answer.data(), static_cast<int>(answer.size()));
            return;
        }
    }
    mutable std::mutex mutex_;
    std::vector<std::string> twiml_;
    net::Peer peer_;  // last: it serves with the others
};

/// A playbook with something to say of calls.
struct Book final : agent::Library {
    explicit Book(playbook::Calls calls) {
        auto made = std::make_shared<playbook::Definition>();
        made->languages = {"en"};
        made->persona = Json::object();
        made->calls = std::move(calls);
        loaded = std::make_shared<agent::Loaded>(agent::Loaded{{}, std::move(made)});
    }
    std::shared_ptr<const agent::Loaded> version(const OrganizationId&, const std::string&) override {
        return loaded;
    }
    std::shared_ptr<const agent::Loaded> loaded;
};

class TransfersTest : public SoundingCalls {
protected:
    void bind() override {
        SoundingCalls::bind();
        bindTwilio("media-streams");
        set("settings", {{"voice_transfer_to", kTaker}});
    }
    void SetUp() override {
        SoundingCalls::SetUp();
        auto tx = database->begin(organization);
        tx.run({"test/facts", "update conversations set facts = '{\"bill\": 180, \"own_roof\": true}'"});
        tx.run({"test/name", "update leads set last_name = 'Rao'"});
        tx.commit();
        auto shared = database->beginShared();
        from = feed::now(shared);
        shared.commit();
    }
    void TearDown() override {
        relay.reset();
        SoundingCalls::TearDown();
    }
    void bindTwilio(const std::string& media) {
        instances.all[binding] = host.open("twilio",
                                           {{"account_sid", kAccount},
                                            {"base_url", api_.url()},
                                            {"webhook_url", hook},
                                            {"voice_media", media}},
                                           {{"auth_token", kAuthToken}})
                                     .orThrow();
    }
    void saysOfCalls(playbook::Calls rules) {
        library = std::make_unique<Book>(std::move(rules));
        begin("engine one");
    }
    std::string hooked(twilio::Form form, const std::string& more = "") {
        const auto has = [&](const char* name) { return !twilio::valueOf(form, name).empty(); };
        if (!has("CallSid")) form.emplace_back("CallSid", kReference);
        form.emplace_back("From", "+12025550100");
        form.emplace_back("To", "+16025550100");
        if (!has("Direction")) form.emplace_back("Direction", "outbound-api");
        const auto url = hook + "?call=" + id + more;
        const auto answer =
            intake->receive({binding,
                             "POST",
                             url,
                             {{"X-Twilio-Signature", twilio::signatureOf(kAuthToken, url, form)},
                              {"Content-Type", "application/x-www-form-urlencoded"}},
                             twilio::writeForm(form),
                             clock.now()});
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.body;
    }
    /// Who was dialled has answered; what they hear before they are connected.
    std::string whisper() {
        return hooked({{"CallSid", "CA00000000000000000000000000000003"},
                       {"ParentCallSid", kReference},
                       {"Direction", "outbound-dial"},
                       {"CallStatus", "in-progress"}},
                      "&for=taker");
    }
    std::string dialEnded(const std::string& dialled, const std::string& call = "in-progress") {
        return hooked({{"CallStatus", call}, {"DialCallStatus", dialled}});
    }
    static std::string parameter(const std::string& twiml, const std::string& name) {
        const auto found = twiml.find("name=\"" + name + "\" value=\"");
        if (found == std::string::npos) return {};
        const auto at = twiml.find("value=\"", found) + 7;
        return twiml.substr(at, twiml.find('"', at) - at);
    }
    std::vector<std::string> told() {
        auto tx = database->beginShared();
        const auto page = feed::read(tx, {organization}, from, 200);
        tx.commit();
        std::vector<std::string> kinds;
        for (const auto& one : page->notices)
            kinds.push_back(one.kind +
                            (one.kind.starts_with("call.") ? " " + textOf(one.data, "outcome") : ""));
        return kinds;
    }
    std::string notes() {
        return word(
            "select coalesce(string_agg(text, ' | ' order by number), '') as w from messages where direction "
            "= "
            "'note'");
    }
    /// Connected as sound, to where they want a person; the carrier has been asked to connect them.
    void wantsAPerson() {
        talker.reply = {"I connect you with Sam."};
        talker.becomes = "held";
        placedAs(kReference);
        phone = std::make_unique<MediaPhone>(server->port(), binding.text(), token, kReference);
        ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("Is now a bad time?"); })) << heardByThem();
        phone->says(soundOf("I want to talk to a person."));
        ASSERT_TRUE(becomes([&] { return !api_.twiml().empty(); }));
        phone->hangUp();  // its stream ends with the new document
        ASSERT_TRUE(becomes([&] { return row("reason") == "transferred"; }));
    }
    /// The same in words; what Twilio is told to do when the relay is over.
    std::string wantsAPersonInWords() {
        talker.reply = {"I connect you with Sam."};
        talker.becomes = "held";
        bindTwilio("conversation-relay");
        placedAs(kReference);
        relay = std::make_unique<RelayPhone>(server->port(), binding.text(), token, kReference);
        EXPECT_TRUE(becomes([&] { return relay->heard().ends_with("Is now a bad time?"); }))
            << relay->heard();
        relay->says("I want to talk to a person.");
        EXPECT_TRUE(becomes([&] { return relay->over(); }));
        EXPECT_TRUE(becomes([&] { return row("reason") == "transferred"; }));
        return hooked(
            {{"CallStatus", "in-progress"}, {"SessionStatus", "ended"}, {"HandoffData", relay->handed()}});
    }

    TwilioApi api_;
    std::unique_ptr<RelayPhone> relay;
    feed::Cursor from;
};

TEST_F(TransfersTest, WhoTakesACallKnowsOfItBeforeTheirTelephoneRings) {
    std::string notesThen;
    std::vector<std::string> toldThen;
    api_.before = [&] {
        notesThen = notes();
        toldThen = told();
    };
    wantsAPerson();
    EXPECT_THAT(notesThen, HasSubstr("Asha Rao, +16025550100, is being connected with +16025550124."));
    EXPECT_THAT(notesThen, HasSubstr("The test says so.")) << "why";
    EXPECT_THAT(notesThen, HasSubstr("Known: bill 180, own roof yes."));
    EXPECT_THAT(notesThen, HasSubstr("They: I want to talk to a person."));
    EXPECT_THAT(toldThen, IsSupersetOf({"conversation.held", "call.transferring ", "message.noted"}));

    EXPECT_THAT(api_.twiml()[0], HasSubstr("<Number url=\"" + hook + "?call=" + id +
                                           "&amp;for=taker\" method=\"POST\">" + kTaker + "</Number>"));
    EXPECT_THAT(api_.twiml()[0], Not(HasSubstr("Asha"))) << "what is said is asked for when it is said";
    const auto said = whisper();
    EXPECT_THAT(
        said,
        HasSubstr("<Say language=\"en-US\">Asha Rao is on the line. The test says so. Known: bill 180, own "
                  "roof yes. They said: I want to talk to a person.</Say>"));
    EXPECT_THAT(dialEnded("completed"), HasSubstr("<Hangup/>"));
    EXPECT_EQ(row("transfer_to || ' ' || transfer_outcome"), kTaker + " answered");
    EXPECT_THAT(told(), Contains("call.taken answered"));
    EXPECT_THAT(notes(), HasSubstr("The call was taken."));
    hooked({{"CallStatus", "completed"}, {"CallDuration", "240"}});
    EXPECT_EQ(row("state || ' ' || reason"), "ended transferred");
}

TEST_F(TransfersTest, InWordsTheSame) {
    const auto dial = wantsAPersonInWords();
    EXPECT_THAT(relay->handed(), Not(HasSubstr("Asha"))) << "no words of a person go where they are not said";
    EXPECT_THAT(dial, HasSubstr("&amp;for=taker\" method=\"POST\">" + kTaker + "</Number>"));
    EXPECT_THAT(notes(), HasSubstr("Asha Rao, +16025550100, is being connected"));
    EXPECT_THAT(whisper(), HasSubstr("They said: I want to talk to a person.</Say>"));
    dialEnded("completed");
    EXPECT_EQ(row("transfer_outcome"), "answered");
}

TEST_F(TransfersTest, WhereThePlaybookSaysSoItIsOnlyWritten) {
    saysOfCalls({.tellsAloud = false});
    wantsAPerson();
    EXPECT_THAT(notes(), HasSubstr("Asha Rao, +16025550100, is being connected"));
    EXPECT_THAT(api_.twiml()[0], HasSubstr("<Number>" + kTaker + "</Number>"));
    EXPECT_THAT(whisper(), Not(HasSubstr("Say")));
}

TEST_F(TransfersTest, WhomNobodyTookHearsWhatThePlaybookSays) {
    saysOfCalls({.nobody = {{"en", "Everybody is on the road, {lead.first_name}. When may we call you?"}}});
    wantsAPerson();
    talker.reply.clear();
    const auto back = dialEnded("busy");
    ASSERT_NE(parameter(back, "token"), "") << back;
    phone =
        std::make_unique<MediaPhone>(server->port(), binding.text(), parameter(back, "token"), kReference);
    ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("When may we call you?"); })) << heardByThem();
    EXPECT_TRUE(heardByThem().starts_with("Everybody is on the road, Asha.")) << heardByThem();
    EXPECT_EQ(row("state || ' ' || transfer_outcome"), "talking busy");
    EXPECT_THAT(told(), Contains("call.not_taken busy"));
    EXPECT_THAT(notes(), HasSubstr("the line was busy"));
    phone->says(soundOf("Tomorrow at nine."));
    ASSERT_TRUE(becomes([&] { return phone->over(); }));
    EXPECT_TRUE(heardByThem().ends_with("Goodbye.")) << heardByThem();
    EXPECT_EQ(talker.heard().back(), "Tomorrow at nine.");
    EXPECT_EQ(api_.twiml().size(), 2U)
        << "they are not connected with nobody again: the second one ends the call";
}

TEST_F(TransfersTest, InWordsTheyComeBackToo) {
    saysOfCalls({.nobody = {{"en", "Everybody is on the road. When may we call you?"}}});
    wantsAPersonInWords();
    talker.reply.clear();
    relay = std::make_unique<RelayPhone>(server->port(), binding.text(),
                                         parameter(dialEnded("no-answer"), "token"), kReference);
    ASSERT_TRUE(becomes([&] { return relay->heard().ends_with("When may we call you?"); })) << relay->heard();
    EXPECT_EQ(row("transfer_outcome"), "no_answer");
}

TEST_F(TransfersTest, WhomTheCarrierWillNotConnectHearsItInTheSameCall) {
    saysOfCalls({.nobody = {{"en", "Everybody is on the road. When may we call you?"}}});
    api_.status = 404;
    talker.reply = {"I connect you with Sam."};
    talker.becomes = "held";
    placedAs(kReference);
    phone = std::make_unique<MediaPhone>(server->port(), binding.text(), token, kReference);
    ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("Is now a bad time?"); })) << heardByThem();
    phone->says(soundOf("I want to talk to a person."));
    ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("When may we call you?"); })) << heardByThem();
    EXPECT_EQ(row("transfer_outcome"), "failed");
    talker.reply.clear();
    phone->says(soundOf("Tomorrow at nine."));
    ASSERT_TRUE(becomes([&] { return phone->over(); }));
    EXPECT_TRUE(heardByThem().ends_with("Goodbye.")) << heardByThem();
    EXPECT_EQ(talker.heard().back(), "Tomorrow at nine.");
    ASSERT_TRUE(becomes([&] { return row("state") == "ended"; }));
    EXPECT_EQ(row("reason"), "held");
}

TEST_F(TransfersTest, EachOutcomeIsToldOnceAndByItsName) {
    wantsAPersonInWords();
    const std::vector<std::array<std::string, 3>> all{
        {"completed", "in-progress", "answered"}, {"answered", "in-progress", "answered"},
        {"busy", "in-progress", "busy"},          {"no-answer", "in-progress", "no_answer"},
        {"failed", "in-progress", "failed"},      {"canceled", "in-progress", "failed"},
        {"anything", "in-progress", "failed"},    {"no-answer", "completed", "left"},
        {"canceled", "canceled", "left"}};
    for (const auto& [dialled, call, outcome] : all) {
        auto tx = database->begin(organization);
        tx.run({"test/again",
                "update calls set transfer_outcome = null, transfer_ended_at = null, token_digest = null"});
        tx.commit();
        const auto back = dialEnded(dialled, call);
        EXPECT_EQ(row("transfer_outcome"), outcome) << dialled;
        const bool theirs = outcome == "answered" || outcome == "left";
        EXPECT_EQ(row("coalesce(token_digest, '') = ''"), theirs ? "t" : "f") << dialled;
        EXPECT_EQ(back.find("<Hangup/>") != std::string::npos, theirs) << dialled;
        dialEnded("completed");
        EXPECT_EQ(row("transfer_outcome"), outcome) << "the first word counts";
    }
    EXPECT_EQ(number("select count(*) as n from messages where direction = 'note'"),
              static_cast<std::int64_t>(all.size()) + 1);
}

TEST_F(TransfersTest, AStrangerLearnsNothingOfWhoCalls) {
    wantsAPersonInWords();
    const auto url = hook + "?call=" + id + "&for=taker";
    const twilio::Form form{{"CallSid", kReference}, {"CallStatus", "in-progress"}};
    const auto answer = intake->receive({binding,
                                         "POST",
                                         url,
                                         {{"X-Twilio-Signature", twilio::signatureOf("wrong", url, form)},
                                          {"Content-Type", "application/x-www-form-urlencoded"}},
                                         twilio::writeForm(form),
                                         clock.now()});
    EXPECT_EQ(answer.status, 403);
    EXPECT_THAT(answer.body, Not(HasSubstr("Asha")));
}

}  // namespace
}  // namespace overture::service
