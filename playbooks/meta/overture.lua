---@meta
-- Types for the Lua language server. Made by `overture playbook words --editor`; do not edit.

---@class overture.file
---@class overture.message
---@field text string
---@field channel string
---@field language string

---The whole definition; the file returns it.
---@class overture.playbook
---@field api? integer # version of this language: 1
---@field id? string # name of the playbook: letters, digits and dashes
---@field about? string # one sentence for people
---@field channels? string[] # the channels it may use, the preferred one first
---@field languages? string[] # language codes; the first is the one plain texts are written in
---@field start? string # the first stage; otherwise the first one in the file
---@field inbound? string # the first stage when the lead writes first; otherwise the first one
---@field settings? table # what each organization fills in: name = text { … } and the like
---@field persona? table # who speaks
---@field facts? table # what is to be found out: name = money { … } and the like
---@field stages? table # name = stage { … } or booking { … }
---@field objections? table # name = objection { … }
---@field cadence? table # the touches of a lead who does not answer: touch { … } in order
---@field templates? table # messages that a channel approved beforehand: name = template { … }
---@field review? table # what the Overseer holds the agent to
---@field calls? table # what is special of telephone calls
---@field variants? table # other wordings for a part of the leads: name = variant { … }
---@field checkpoints? table # what is worth points: name = checkpoint { … }
---@field knowledge? string[] # files with what the agent may know: { "texts/faq.md" }
---@field on? table # hooks, where words are not enough

---The whole definition; the file returns it.
---@param declared overture.playbook
---@return overture.playbook
function playbook(declared) end

---Where a conversation can stand.
---@class overture.stage
---@field goal? string # what the stage is for, in one sentence
---@field guide? string|table<string, string|overture.file>|overture.file # longer guidance for the agent
---@field lines? string|string[]|table<string, string|string[]>|table[] # approved wordings
---@field collect? string[] # facts to find out here, in this order
---@field moves? table<string, string|fun(talk: overture.talk): any> # where it may go from here: in words, or by a function that must say yes
---@field quiet? table # what happens when the lead stays silent
---@field template? string # the template that is said where a channel takes only approved ones
---@field strict? boolean # only the approved lines may be said
---@field slow? boolean # on a call, longer pauses are waited for: numbers, spelling
---@field hands_over? boolean # entering it gives the conversation to a person
---@field closes? boolean # entering it ends the conversation

---Where a conversation can stand.
---@param declared overture.stage
---@return overture.stage
function stage(declared) end

---A stage that finds a time and books a meeting.
---@class overture.booking
---@field goal? string # what the stage is for, in one sentence
---@field guide? string|table<string, string|overture.file>|overture.file # longer guidance for the agent
---@field lines? table # offer, confirm, booked, none, remind: what is said around a booking
---@field minutes? integer # length of the meeting (30)
---@field offer? integer # how many times to offer (3)
---@field notice? string # not sooner than this from now ("24h")
---@field horizon? string # not later than this from now ("10d")
---@field hours? string # in the account manager's zone ("Mon-Fri 09:00-17:00")
---@field buffer? string # free time around each meeting ("15m")
---@field hold? string # how long an offered time is kept ("15m")
---@field confirm? string[] # channels that carry the confirmation
---@field remind? string[] # reminders, before the meeting
---@field after? string # the stage after a meeting was booked
---@field moves? table<string, string|fun(talk: overture.talk): any> # where it may go from here: in words, or by a function that must say yes
---@field quiet? table # what happens when the lead stays silent
---@field template? string # the template of a reminder, where a channel takes only approved ones

---A stage that finds a time and books a meeting.
---@param declared overture.booking
---@return overture.booking
function booking(declared) end

---What is said around a booking; what is left out is built in.
---@class overture.booking_lines
---@field offer? string|string[]|table<string, string|string[]>|table[] # offers {slots}
---@field confirm? string|string[]|table<string, string|string[]>|table[] # asks whether {slot} is right
---@field booked? string|string[]|table<string, string|string[]>|table[] # says that {slot} with {manager} is booked
---@field none? string|string[]|table<string, string|string[]>|table[] # says that there is no free time
---@field remind? string|string[]|table<string, string|string[]>|table[] # reminds of {slot} with {manager}

---What happens when the lead stays silent.
---@class overture.quiet
---@field after? string # how long
---@field go? string # to which stage

---Something a lead says against it, and the answer.
---@class overture.objection
---@field hear? string # what it sounds like, in words
---@field words? string[] # phrases that are this objection for sure
---@field answer? string|table<string, string|overture.file>|overture.file # the answer, or guidance for it
---@field tries? integer # how often it is answered (1)
---@field otherwise? string # the stage after that

---Something a lead says against it, and the answer.
---@param declared overture.objection
---@return overture.objection
function objection(declared) end

---One try to reach a lead who has not answered.
---@class overture.touch
---@field channel? string # which channel
---@field after? string # after the touch before it
---@field between? string # in the lead's zone
---@field days? string # "Tue-Thu"
---@field lines? string|string[]|table<string, string|string[]>|table[] # approved wordings
---@field template? string # the template that is said where a channel takes only approved ones

---One try to reach a lead who has not answered.
---@param declared overture.touch
---@return overture.touch
function touch(declared) end

---A message whose words a channel approved beforehand: WhatsApp, more than a day after the lead's last message.
---@class overture.template
---@field text? string|table<string, string|overture.file>|overture.file # as it was approved; each placeholder is a variable, in the order they stand in
---@field approved_as? string # the name that it was approved under; otherwise its own
---@field approved_in? table # the codes of languages where they are others: { en = "en_US" }

---A message whose words a channel approved beforehand: WhatsApp, more than a day after the lead's last message.
---@param declared overture.template
---@return overture.template
function template(declared) end

---Who speaks.
---@class overture.persona
---@field name? string # first name
---@field role? string # job
---@field manner? string # how they speak

---What the Overseer holds the agent to.
---@class overture.review
---@field sentences? integer # most sentences in one message (4)
---@field never? string[] # words that no message may contain
---@field confirm_before_booking? boolean # the lead must say yes to a time before it is booked (true)
---@field model? string # "always", "when in doubt" or "never"
---@field revise? integer # most revisions of one draft (2)
---@field otherwise? string # "hold" for a person, or "stop"

---What is special of telephone calls.
---@class overture.calls
---@field summary? string # who takes a transferred call is told who it is and why: "spoken" to them before they are connected, or only "written"
---@field nobody? string|table<string, string|overture.file>|overture.file # said to the lead whom nobody took; otherwise whether somebody shall call back
---@field leave? string|table<string, string|overture.file>|overture.file # said to an answering machine after its beep; otherwise who called
---@field outcomes? table # what follows from a call that was no conversation: no_answer, busy, failed, machine, message_left, screening, menu, fax, silent = { … }; otherwise what is usual

---What follows from a call that was no conversation.
---@class overture.outcome
---@field next? string # "again" (the same call), "text" (the next touch that is none), "person", "close" or "nothing" (the cadence goes on)
---@field after? string # again, text: so long from now
---@field tries? integer # again: calls in all (3)
---@field otherwise? string # again: what is next after these ("text")

---Other wordings for a part of the leads, chosen by a hash of the lead; what is left out stays as it is.
---@class overture.variant
---@field share? integer # percent of the leads
---@field manner? string # how the persona speaks
---@field lines? table # approved wordings by stage: opening = { … }
---@field guides? table # guidance by stage
---@field answers? table # answers by objection

---Other wordings for a part of the leads, chosen by a hash of the lead; what is left out stays as it is.
---@param declared overture.variant
---@return overture.variant
function variant(declared) end

---Worth points once all that it names is so.
---@class overture.checkpoint
---@field about? string # what it is, for people
---@field points? integer # what it counts for
---@field stage? string # the conversation has come to this stage
---@field facts? string[] # all of these are known
---@field booked? boolean # a meeting is booked
---@field when? fun(talk: overture.talk, message: overture.message) # function(talk): must say yes

---Worth points once all that it names is so.
---@param declared overture.checkpoint
---@return overture.checkpoint
function checkpoint(declared) end

---Hooks.
---@class overture.on
---@field reply? fun(talk: overture.talk, message: overture.message) # function(talk, message): runs on each message of the lead

---A fact in words.
---@class overture.text
---@field ask? string|table<string, string|overture.file>|overture.file # the question that finds it out
---@field confirm? string|table<string, string|overture.file>|overture.file # the question that must be answered with yes before it counts: "{facts.bill}, right?"
---@field required? boolean # settings only: the organization must fill it in

---A fact in words.
---@param declared overture.text
---@return overture.text
function text(declared) end

---A number.
---@class overture.number
---@field ask? string|table<string, string|overture.file>|overture.file # the question that finds it out
---@field confirm? string|table<string, string|overture.file>|overture.file # the question that must be answered with yes before it counts: "{facts.bill}, right?"
---@field required? boolean # settings only: the organization must fill it in
---@field min? number # least
---@field max? number # most

---A number.
---@param declared overture.number
---@return overture.number
function number(declared) end

---An amount.
---@class overture.money
---@field ask? string|table<string, string|overture.file>|overture.file # the question that finds it out
---@field confirm? string|table<string, string|overture.file>|overture.file # the question that must be answered with yes before it counts: "{facts.bill}, right?"
---@field required? boolean # settings only: the organization must fill it in
---@field min? number # least: usd(10)
---@field max? number # most
---@field currency? string # three letters; otherwise that of min or max, otherwise USD

---An amount.
---@param declared overture.money
---@return overture.money
function money(declared) end

---Yes or no.
---@class overture.yes_no
---@field ask? string|table<string, string|overture.file>|overture.file # the question that finds it out
---@field confirm? string|table<string, string|overture.file>|overture.file # the question that must be answered with yes before it counts: "{facts.bill}, right?"
---@field required? boolean # settings only: the organization must fill it in

---Yes or no.
---@param declared overture.yes_no
---@return overture.yes_no
function yes_no(declared) end

---One of the listed choices.
---@class overture.one_of
---@field ask? string|table<string, string|overture.file>|overture.file # the question that finds it out
---@field confirm? string|table<string, string|overture.file>|overture.file # the question that must be answered with yes before it counts: "{facts.bill}, right?"
---@field required? boolean # settings only: the organization must fill it in

---One of the listed choices.
---@param declared overture.one_of
---@return overture.one_of
function one_of(declared) end

---A day.
---@class overture.date
---@field ask? string|table<string, string|overture.file>|overture.file # the question that finds it out
---@field confirm? string|table<string, string|overture.file>|overture.file # the question that must be answered with yes before it counts: "{facts.bill}, right?"
---@field required? boolean # settings only: the organization must fill it in

---A day.
---@param declared overture.date
---@return overture.date
function date(declared) end

---A time of day.
---@class overture.time
---@field ask? string|table<string, string|overture.file>|overture.file # the question that finds it out
---@field confirm? string|table<string, string|overture.file>|overture.file # the question that must be answered with yes before it counts: "{facts.bill}, right?"
---@field required? boolean # settings only: the organization must fill it in

---A time of day.
---@param declared overture.time
---@return overture.time
function time(declared) end

---A phone number.
---@class overture.phone
---@field ask? string|table<string, string|overture.file>|overture.file # the question that finds it out
---@field confirm? string|table<string, string|overture.file>|overture.file # the question that must be answered with yes before it counts: "{facts.bill}, right?"
---@field required? boolean # settings only: the organization must fill it in

---A phone number.
---@param declared overture.phone
---@return overture.phone
function phone(declared) end

---An email address.
---@class overture.email
---@field ask? string|table<string, string|overture.file>|overture.file # the question that finds it out
---@field confirm? string|table<string, string|overture.file>|overture.file # the question that must be answered with yes before it counts: "{facts.bill}, right?"
---@field required? boolean # settings only: the organization must fill it in

---An email address.
---@param declared overture.email
---@return overture.email
function email(declared) end

---A postal code.
---@class overture.postal_code
---@field ask? string|table<string, string|overture.file>|overture.file # the question that finds it out
---@field confirm? string|table<string, string|overture.file>|overture.file # the question that must be answered with yes before it counts: "{facts.bill}, right?"
---@field required? boolean # settings only: the organization must fill it in

---A postal code.
---@param declared overture.postal_code
---@return overture.postal_code
function postal_code(declared) end

---A simulated lead, in people/*.lua.
---@class overture.person
---@field name? string # what kind of person
---@field weight? number # how common, against the others (1)
---@field numbers? string # only for numbers that begin with this: "+91"
---@field country? string # only for this country: "IN"
---@field reply_after? string[] # { least, most } time until an answer
---@field silent? number # how often a message is not answered: 0 to 1
---@field answers? table # { hear = { … }, say = { … } } in the order they are tried
---@field otherwise? string[] # said when no answer fits
---@field gives_up_after? integer # messages until they answer no more

---A simulated lead, in people/*.lua.
---@param declared overture.person
---@return overture.person
function person(declared) end

---What a simulated lead says to what they hear.
---@class overture.answer
---@field hear? string[] # words in the message
---@field say? string[] # one of these; an empty list: nothing
---@field weight? number # how likely, against the other answers that fit (1)
---@field after? string # "silent", "stop" or "booked": what they do from then on
---@field ['then']? string # the same as after, written ["then"]

---@alias overture.tool "enrichment/1"|"crm/1"|"signature/1"

---@class overture.talk
---@field lead table # first_name, last_name, zone, language, company, title, country, state, custom
---@field facts table # what is known; a fact that is not known yet is nil
---@field settings table # as the organization filled them in
---@field persona table # name, role, manner
---@field stage string # the stage the conversation stands in
---@field channel string # the channel of the lead's last message
---@field language string # language code
---@field variant string # the variant whose wordings this lead gets; empty: the playbook's own
---@field messages table[] # { direction, text, at, stage }, oldest first
---@field now table # year, month, day, hour, min, weekday ("Mon") in the lead's zone
---@field say fun(self, text: string): boolean, string? # says exactly this
---@field draft fun(self, guidance: string): boolean, string? # has the agent write an answer along these lines
---@field go fun(self, stage: string): boolean # goes to a stage
---@field wait fun(self, duration: string): boolean # does nothing for "2d"
---@field handover fun(self, reason: string): boolean # gives the conversation to a person
---@field close fun(self, reason: string): boolean # ends the conversation
---@field book fun(self, wish: table?): boolean, string? # offers times, or looks for the one wished for
---@field use fun(self, capability: overture.tool, arguments: table?): boolean, table|string # asks a bound plugin at once: true and what it says, or false and why it cannot be asked now
---@field note fun(self, text: string): boolean # a note for people; never sent

---A file of the playbook's folder.
---@param path string
---@return overture.file
function file(path) end

---@param units number
---@return number
function usd(units) end

---@param units number
---@return number
function inr(units) end

---@param units number
---@return number
function gbp(units) end

---@class overture.spec_talk
---@field stage any # where the conversation stands
---@field state any # open, held, taken or closed
---@field reason any # why it is held or closed; nil while it is open
---@field reply any # what was sent because of the last thing that happened; nil when nothing was
---@field sent any # every text sent since the case began
---@field messages any # { direction, text, channel, stage, at }, oldest first
---@field notes any # what the playbook noted for people
---@field facts any # what is known
---@field unconfirmed any # what was understood and not confirmed yet
---@field variant any # the variant whose wordings this lead gets; empty: the playbook's own
---@field checkpoints any # those that were reached, by name
---@field score any # the points of those that were reached
---@field lead any # the lead, as the playbook sees it
---@field language any # language code
---@field channel any # of the last message
---@field sentiment any # positive, neutral or negative
---@field offered any # the free times offered, as the lead reads them
---@field meeting any # { text, manager, from, to } once it is booked; otherwise nil
---@field verdict any # the Overseer's last verdict: approve, revise, hold or stop
---@field tools any # { capability, arguments, ok, why } of each tool that the last turn asked
---@field now any # the lead's clock: "Mon 14 Sep 2026 10:00"
---@field hears fun(self, ...): overture.spec_talk # the lead writes this; the agent answers at once
---@field twice fun(self, ...): overture.spec_talk # the last thing happens once more: talk:hears("no"):twice()
---@field times fun(self, ...): overture.spec_talk # the same, n times in all
---@field later fun(self, ...): overture.spec_talk # time goes by; touches, quiet rules and reminders happen when they are due
---@field model_says fun(self, ...): overture.spec_talk # the model's next draft, instead of the scripted model's
---@field overseer_says fun(self, ...): overture.spec_talk # what the Overseer's model says next: approve, revise, hold or stop
---@field model_fails fun(self, ...): overture.spec_talk # no model answers from now on
---@field model_recovers fun(self, ...): overture.spec_talk # and now it answers again
---@field taken_over fun(self, ...): overture.spec_talk # a person of the organization takes the conversation
---@field given_back fun(self, ...): overture.spec_talk # and gives it back

---@class overture.expectation
---@field is fun(self, ...): overture.expectation # equal to this; the contrary is is_not
---@field has fun(self, ...): overture.expectation # a text or list with this in it, a table with this key; the contrary is has_not
---@field is_at_least fun(self, ...): overture.expectation # not less
---@field is_at_most fun(self, ...): overture.expectation # not more
---@field has_sent fun(self, ...): overture.expectation # messages sent since the case began; the contrary is has_not_sent
---@field has_replied fun(self, ...): overture.expectation # something was sent because of the last thing that happened, with this in it; the contrary is has_not_replied
---@field is_open fun(self, ...): overture.expectation # the agent speaks; the contrary is is_not_open
---@field is_held fun(self, ...): overture.expectation # waits for a person; the contrary is is_not_held
---@field is_taken fun(self, ...): overture.expectation # a person has it; the contrary is is_not_taken
---@field is_closed fun(self, ...): overture.expectation # has ended; the contrary is is_not_closed
---@field is_opted_out fun(self, ...): overture.expectation # must not be contacted again; the contrary is is_not_opted_out
---@field on_every_channel fun(self, ...): overture.expectation # and not by any channel: :is_opted_out():on_every_channel()
---@field is_booked fun(self, ...): overture.expectation # has a meeting; its time or manager has this in it; the contrary is is_not_booked
---@field has_offered fun(self, ...): overture.expectation # free times are offered: so many, or one with this in it; the contrary is has_not_offered
---@field knows fun(self, ...): overture.expectation # these facts are known; the contrary is knows_not
---@field was_revised fun(self, ...): overture.expectation # the Overseer sent a draft back, last time something happened; the contrary is was_not_revised
---@field was_approved fun(self, ...): overture.expectation # the Overseer approved one; the contrary is was_not_approved

---@class overture.conversation
---@field lead? any # first_name, last_name, phone, email, zone, country, state, postal_code, language, company, title, external_id, custom. Left out: Asha of Phoenix; in India or Britain a number of there
---@field stage? any # begins in the middle, in this stage, with our first message long sent. Left out: the first touch goes out now
---@field inbound? any # the lead writes first; nothing was sent
---@field facts? any # what is known already
---@field asked? any # the fact whose question we asked last (with stage)
---@field at? any # the lead's clock: "Tue 10:00", "2026-09-14 10:00" (the default), or an instant
---@field variant? any # the variant whose wordings this lead gets; otherwise the playbook's own
---@field channel? any # the channel; otherwise the first touch's
---@field language? any # language code; otherwise the lead's, or the playbook's first
---@field settings? any # on top of the folder's settings.json
---@field team? any # account managers { name, zone, hours }; otherwise the folder's team.csv; { } for nobody
---@field consent? any # none, express or express_written (the default)
---@field tools? any # what tools answer: ["crm/1"] = { … }, or a text that says why they cannot; the others: nobody is bound
---@field seed? any # which of several wordings are chosen (1)

---@param name string
---@param body fun()
function describe(name, body) end

---@param name string
---@param body fun()
function it(name, body) end

---@param body fun()
function before_each(body) end

---@param options overture.conversation
---@return overture.spec_talk
function conversation(options) end

---@param value any
---@return overture.expectation
function expect(value) end
