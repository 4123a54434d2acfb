#include "playbook/spec_run.hpp"

namespace overture::playbook {
namespace {

std::string table(const std::string& title, const std::vector<SpecWord>& words, bool signatures) {
    std::string out = "### " + title + "\n\n| | |\n| --- | --- |\n";
    for (const auto& word : words)
        out += std::string("| `") + (signatures ? word.signature : word.name) + "` | " + word.about + " |\n";
    return out + "\n";
}

}  // namespace

const std::vector<SpecWord>& specGlobals() {
    static const std::vector<SpecWord> all{
        {"describe", "describe(text, function() … end)", "a group of cases; may stand in another"},
        {"it", "it(text, function() … end)",
         "one case: a fresh state, a conversation, what is expected of it"},
        {"before_each", "before_each(function() … end)", "runs before each case of its group"},
        {"conversation", "conversation { … }", "begins a conversation and gives its talk"},
        {"expect", "expect(value)", "what must be so, of a talk or of any value"},
        {"usd", "usd(80)", "80; also inr, gbp"},
        {"inr", "inr(2500)", "2500"},
        {"gbp", "gbp(60)", "60"},
    };
    return all;
}

const std::vector<SpecWord>& specOptions() {
    static const std::vector<SpecWord> all{
        {"lead", "table",
         "first_name, last_name, phone, email, zone, country, state, postal_code, language, company, "
         "title, external_id, custom. Left out: Asha of Phoenix; in India or Britain a number of there"},
        {"stage", "text",
         "begins in the middle, in this stage, with our first message long sent. Left out: the first touch "
         "goes out now"},
        {"inbound", "true", "the lead writes first; nothing was sent"},
        {"facts", "table", "what is known already"},
        {"asked", "text", "the fact whose question we asked last (with stage)"},
        {"at", "text", "the lead's clock: \"Tue 10:00\", \"2026-09-14 10:00\" (the default), or an instant"},
        {"variant", "text", "the variant whose wordings this lead gets; otherwise the playbook's own"},
        {"channel", "text", "the channel; otherwise the first touch's"},
        {"language", "text", "language code; otherwise the lead's, or the playbook's first"},
        {"settings", "table", "on top of the folder's settings.json"},
        {"team", "list",
         "account managers { name, zone, hours }; otherwise the folder's team.csv; { } for nobody"},
        {"consent", "text", "none, express or express_written (the default)"},
        {"tools", "table",
         "what tools answer: [\"crm/1\"] = { … }, or a text that says why they cannot; the others: nobody is "
         "bound"},
        {"seed", "whole number", "which of several wordings are chosen (1)"},
    };
    return all;
}

const std::vector<SpecWord>& specAnswerKeys() {
    static const std::vector<SpecWord> all{
        {"reply", "text", "what it would say; otherwise nothing"},
        {"move", "text", "the stage it would go to"},
        {"facts", "table", "what it understood: { bill = 140 }"},
        {"objection", "text", "the objection it heard"},
        {"sentiment", "text", "positive, neutral or negative"},
        {"language", "text", "of the lead's message"},
        {"wants_person", "true or false", "the lead asks for a person"},
        {"slot_choice", "whole number", "which offered time the lead chose"},
        {"slot_answer", "text", "yes or no to the time being confirmed"},
        {"fact_answer", "text", "yes or no to the fact being confirmed"},
        {"declined", "true or false", "the lead is not interested"},
        {"unsure", "true or false", "it is not sure of its reply"},
    };
    return all;
}

std::string specReferenceMarkdown() {
    return table("In a spec", specGlobals(), true) + table("`conversation { … }`", specOptions(), false) +
           table("What happens: `talk:…`", specTalkActs(), true) +
           table("What is seen: `talk.…`", specTalkViews(), false) +
           table("`talk:model_says { … }`", specAnswerKeys(), false) +
           table("What is expected: `expect(…):…`", specExpectations(), true);
}

std::string specEditorTypes() {
    std::string out = "\n---@class overture.spec_talk\n";
    const auto acts = [&](const std::vector<SpecWord>& words, const std::string& owner) {
        for (const auto& word : words)
            out += std::string("---@field ") + word.name + " fun(self, ...): overture." + owner + " # " +
                   word.about + "\n";
    };
    for (const auto& word : specTalkViews())
        out += std::string("---@field ") + word.name + " any # " + word.about + "\n";
    acts(specTalkActs(), "spec_talk");
    out += "\n---@class overture.expectation\n";
    acts(specExpectations(), "expectation");
    out += "\n---@class overture.conversation\n";
    for (const auto& word : specOptions())
        out += std::string("---@field ") + word.name + "? any # " + word.about + "\n";
    return out +
           "\n---@param name string\n---@param body fun()\nfunction describe(name, body) end\n"
           "\n---@param name string\n---@param body fun()\nfunction it(name, body) end\n"
           "\n---@param body fun()\nfunction before_each(body) end\n"
           "\n---@param options overture.conversation\n---@return overture.spec_talk\n"
           "function conversation(options) end\n"
           "\n---@param value any\n---@return overture.expectation\nfunction expect(value) end\n";
}

}  // namespace overture::playbook
