#include "api/route.hpp"
#include "base/text.hpp"

namespace overture::api {
namespace {

constexpr const char* kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Overture API</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1d2430; }
code, pre { font: 14px/1.45 ui-monospace, monospace; }
details { border: 1px solid #d5dae3; border-radius: 6px; margin: .5rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; }
summary b { display: inline-block; min-width: 3.2rem; color: #0b6e4f; }
pre { background: #f4f6f9; padding: .6rem; border-radius: 4px; overflow-x: auto; }
dt { font-weight: 600; } dd { margin: 0 0 .4rem 1rem; }
</style></head><body>
<h1>Overture API</h1>
<p>Send a key with each call: <code>Authorization: Bearer TOKEN</code>. An operator makes the first one with
<code>overture key create</code>. The same as a document for programs: <a href="/v1/openapi.json">/v1/openapi.json</a>.</p>
<p>Times are UTC (RFC 3339). Lists have <code>items</code> and <code>next</code>; give that back as <code>after</code>. A call
that acts takes an <code>Idempotency-Key</code>: repeated with the same key within 24 hours it is done once and answered
the same. Errors are <code>application/problem+json</code> with a <code>code</code>:</p>
<dl>
)";

const std::pair<const char*, const char*> kCodes[] = {
    {"invalid", "Something sent does not fit; <code>field</code> says what."},
    {"no_key", "No key, a wrong one, or one that has expired or was revoked."},
    {"too_many_guesses", "Too many wrong keys came from your address; wait as long as Retry-After says."},
    {"role", "The key may not do this."},
    {"not_found", "There is nothing at this address that your organization has."},
    {"method", "The address takes another method; Allow names it."},
    {"not_json", "The body must be application/json."},
    {"changed", "It has changed since the ETag in If-Match; read it again."},
    {"exists", "There is one of this name already."},
    {"state", "The campaign's state does not allow it; <code>detail</code> says why."},
    {"closed", "The conversation is closed."},
    {"not_taken", "Nobody has taken the conversation; take it first."},
    {"at_work", "A call with the same Idempotency-Key is at work."},
    {"shown_once",
     "The call was done before with this Idempotency-Key, and its answer is a secret that is not kept."},
    {"key_reused", "The Idempotency-Key was used for another call."},
    {"sealed",
     "The names of this organization's leads are sealed: nothing finds a part of one. `who` finds a phone, "
     "email or external id."},
    {"too_many", "The key has made all the calls of its 15 minutes; Retry-After says how long to wait."},
    {"people_only", "It is for people who have signed in."},
    {"scope", "The key has no scope for it."},
    {"wrong", "The address or the password is wrong."},
    {"code_wanted", "The second factor is wanted, too."},
    {"wrong_code", "The code does not hold, or was used before."},
    {"not_invited", "The issuer knows this person; the organization does not."},
    {"disabled", "The user is disabled."},
    {"last_admin", "An organization keeps one admin."},
    {"origin", "Pages of this origin may not send the form."},
    {"gone", "The cursor is too old; read anew, and listen without one."},
    {"not_held", "The conversation does not wait for a person."},
    {"already_answered", "Somebody was faster."},
    {"no_draft", "There is no draft to approve; write what shall be said."},
    {"taken", "The account manager is not free then."},
    {"over", "There is nothing left to cancel."},
    {"not_yet", "It can be said once the meeting has begun."},
    {"version", "The version cannot be used; <code>detail</code> says why."},
    {"mistakes", "The playbook has mistakes; /v1/playbooks/check lists them."},
    {"too_many_people", "The campaign is larger than one call looks ahead for."},
    {"operator_only", "An operator does this, at the command line."},
    {"one_at_a_time",
     "The organization has a call at work that takes long; wait as long as Retry-After says."},
    {"busy", "Much is at work at this moment; wait as long as Retry-After says."},
    {"no_plugins", "This server has no plugins at hand."},
    {"not_stored", "The recording is not in its storage yet."},
    {"no_recordings", "No recording can be handed out here now; the detail says why."},
    {"no_vault", "This server has no key to seal or open secrets with."},
    {"away", "The database is away; nothing was done. Try again."},
    {"defect", "This server made a mistake; X-Request-Id finds it in the log."},
};

std::string escaped(std::string text) {
    return replaceAll(replaceAll(replaceAll(std::move(text), "&", "&amp;"), "<", "&lt;"), ">", "&gt;");
}

std::string schemaText(const char* title, const Json& schema) {
    if (schema.is_null()) return {};
    return std::string("<p>") + title + "</p><pre>" + escaped(toPrettyText(schema)) + "</pre>\n";
}

std::string sectionOf(const Route& route) {
    return "<details id=\"" + route.operation + "\"><summary><b>" + route.method + "</b> <code>" +
           escaped(route.path) + "</code> " + escaped(route.about) +
           "</summary>\n<p>Role: " + nameOf(route.least) + "</p>\n" + schemaText("Query", route.query) +
           schemaText("Body", route.body) + schemaText("Answer", route.answer) + "</details>\n";
}

}  // namespace

std::string docsPage() {
    std::string page = kHead;
    for (const auto& [code, about] : kCodes)
        page += std::string("<dt id=\"") + code + "\"><code>" + code + "</code></dt><dd>" + about + "</dd>\n";
    page += "</dl>\n";
    for (const auto& route : routes()) page += sectionOf(route);
    return page + "</body></html>\n";
}

}  // namespace overture::api
