-- Homeowners: learn budget, authority, need and timing (BANT) in a few friendly texts, then book a roof consultation.

-- What a usual month must cost before a consultation is worth the homeowner's time, in their own money.
local least_bill = { IN = 2500, GB = 60 }

local function worth_it(talk)
  local bill = talk.facts.bill
  return bill ~= nil and bill >= (least_bill[talk.lead.country] or usd(80))
end

return playbook {
  api = 1, id = "solar-consult",
  about = "Book a 30-minute roof consultation with a senior account manager",
  channels = { "sms" },
  languages = { "en", "hi" },

  settings = {
    company = text { required = true },
  },

  persona = { name = "Katie", role = "automated sales development assistant",
              manner = "professional and warm, listens, one question at a time, never pushy" },

  facts = {
    owns = yes_no { ask = { en = "Do you own the home you live in?",
                            hi = "क्या यह घर आपका अपना है?" } },
    need = one_of { "bills", "outages", "environment",
                    ask = { en = "What matters most to you: bills, outages or the environment?",
                            hi = "आपके लिए क्या ज़रूरी है: bills, outages या environment?" } },
    bill = money { min = usd(10),
                   ask = { en = "About how much is your power bill in a usual month?",
                           hi = "महीने का बिजली बिल लगभग कितना आता है?" } },
    decides = yes_no { ask = { en = "Would you be the one to decide about the roof?",
                               hi = "क्या छत का फ़ैसला आप ही करेंगे?" } },
    timeline = one_of { "now", "this quarter", "later",
                        ask = { en = "When would you want it: now, this quarter or later?",
                                hi = "आप कब चाहेंगे: now, this quarter या later?" } },
  },

  start = "opening",
  inbound = "discovery",

  stages = {
    opening = stage {
      goal  = "say who is writing and earn a minute of attention",
      guide = file "texts/opening.md",
      lines = {
        en = { "Hi {lead.first_name}, I'm {persona.name}, the automated assistant at {settings.company}. May I ask two quick questions about your roof?",
               "Hello {lead.first_name}, {persona.name} here, {settings.company}'s automated assistant for roof solar. Open to two quick questions?",
               "Hello, {persona.name} here, {settings.company}'s automated assistant for roof solar. Open to two quick questions?" },
        hi = { "मैं {persona.name}, {settings.company} की AI सहायक. दो सवाल पूछूँ?",
               "{persona.name}, {settings.company} की AI सहायक. छत पर दो सवाल पूछूँ?" },
      },
      moves = { discovery = "willing to talk", closed = "wrong person", nurture = "not interested" },
      quiet = { after = "9d", go = "nurture" },
    },

    discovery = stage {
      goal    = "learn whether they own the home and what they want from solar",
      guide   = file "texts/discovery.md",
      lines   = { en = { "Thank you, {lead.first_name}.", "Great, thanks." },
                  hi = { "धन्यवाद.", "बहुत अच्छा, धन्यवाद." } },
      collect = { "owns", "need" },
      moves   = {
        qualification = function(talk) return talk.facts.owns and talk.facts.need ~= nil end,
        closed = function(talk) return talk.facts.owns == false end,
        nurture = "not interested",
      },
      quiet = { after = "4d", go = "nurture" },
    },

    qualification = stage {
      goal    = "learn budget, authority and timing",
      guide   = file "texts/qualification.md",
      lines   = { en = { "That helps, thank you.", "Good to know." },
                  hi = { "धन्यवाद, समझ गई.", "ठीक है." } },
      collect = { "bill", "decides", "timeline" },
      moves   = {
        booking = function(talk)
          return worth_it(talk) and talk.facts.decides and talk.facts.timeline ~= nil and talk.facts.timeline ~= "later"
        end,
        nurture = function(talk)
          return talk.facts.decides == false or talk.facts.timeline == "later"
              or (talk.facts.bill ~= nil and not worth_it(talk))
        end,
      },
      quiet = { after = "4d", go = "nurture" },
    },

    booking = booking {
      goal = "agree on a time with a senior account manager",
      minutes = 30, offer = 3, notice = "24h", horizon = "10d", hours = "Mon-Fri 09:00-17:00",
      buffer = "15m", hold = "2h", confirm = { "sms" }, remind = { "3h" }, after = "booked",
      lines = {
        offer   = { en = { "A senior account manager can look at your roof with you for 30 minutes. Which suits you: {slots}?" },
                    hi = { "Senior account manager से 30 मिनट: {slots}. कौन सा समय ठीक है?" } },
        confirm = { en = { "{slot} with {manager}. Shall I book it?" },
                    hi = { "{slot}, {manager} के साथ. बुक कर दूँ?" } },
        booked  = { en = { "Done: {slot} with {manager}. The invitation is on its way." },
                    hi = { "हो गया: {slot}, {manager} के साथ." } },
        none    = { en = { "I have no free time to offer right now. Which days suit you in general?" },
                    hi = { "अभी कोई समय खाली नहीं है. आपको कौन से दिन ठीक रहेंगे?" } },
        remind  = { en = { "A reminder: {slot} with {manager} about your roof." },
                    hi = { "याद दिला दूँ: {slot}, {manager} के साथ." } },
      },
      moves = { nurture = "not interested" },
      quiet = { after = "3d", go = "nurture" },
    },

    booked = stage {
      goal  = "look after the meeting until it happens",
      lines = { en = { "Thank you, {lead.first_name}. Write here any time if the time no longer suits you." },
                hi = { "धन्यवाद. समय बदलना हो तो यहीं लिख दीजिए." } },
      moves = { booking = "asks for another time", closed = "cancels the meeting" },
      quiet = { after = "14d", go = "closed" },
    },

    nurture = stage {
      goal  = "leave the door open without another question",
      guide = file "texts/nurture.md",
      lines = { en = { "I leave it here for now, {lead.first_name}. You can write whenever it suits you.",
                       "I will not keep asking. If it becomes interesting, write here any time." },
                hi = { "अभी के लिए इतना ही. जब चाहें यहाँ लिख दीजिए." } },
      moves = { discovery = "interested again" },
      quiet = { after = "30d", go = "closed" },
    },

    closed = stage {
      goal   = "end kindly",
      lines  = { en = { "Thanks for telling me, and sorry for the bother. You will not hear from me again.",
                        "Understood, thank you. All the best to you." },
                 hi = { "बताने के लिए धन्यवाद. शुभकामनाएँ." } },
      closes = true,
    },
  },

  objections = {
    price = objection {
      hear = "says that it costs too much", words = { "too expensive", "cost too much", "costs too much", "can't afford", "महंगा", "mehenga" },
      answer = { en = file "texts/price.md", hi = file "texts/price.hi.md" }, tries = 2, otherwise = "nurture",
    },
    timing = objection {
      hear = "says that now is a bad time", words = { "bad time", "busy right now", "not now", "call me later", "अभी नहीं" },
      answer = { en = file "texts/timing.md", hi = file "texts/timing.hi.md" }, tries = 1, otherwise = "nurture",
    },
    trust = objection {
      hear = "suspects a fraud", words = { "is this a scam", "scam", "how did you get my number", "who is this", "how do i know", "fraud" },
      answer = { en = file "texts/trust.md", hi = file "texts/trust.hi.md" }, tries = 2, otherwise = "closed",
    },
    has_solar = objection {
      hear = "already has solar panels", words = { "already have solar", "already have panels", "got panels" },
      answer = { en = file "texts/has_solar.md", hi = file "texts/has_solar.hi.md" }, tries = 1, otherwise = "nurture",
    },
    renting = objection {
      hear = "rents the home", words = { "i rent", "i'm renting", "my landlord", "we rent" },
      answer = { en = file "texts/renting.md", hi = file "texts/renting.hi.md" }, tries = 1, otherwise = "closed",
    },
  },

  cadence = {
    touch { channel = "sms" },
    touch { channel = "sms", after = "2d", days = "Mon-Fri",
            lines = { en = { "Hi {lead.first_name}, {persona.name} from {settings.company} again. Two quick questions about your roof, when it suits you?",
                             "Hello, {persona.name} from {settings.company} again. Two quick questions about your roof, when it suits you?" },
                      hi = { "{persona.name}, {settings.company} से फिर. छत पर दो सवाल पूछूँ?" } } },
    touch { channel = "sms", after = "4d", days = "Tue-Thu",
            lines = { en = { "{persona.name} from {settings.company}, one last note: if 30 minutes about your roof sounds useful, answer here." },
                      hi = { "{persona.name}, {settings.company}: छत पर 30 मिनट की बात करें?" } } },
  },

  review = { sentences = 3, never = { "guarantee", "no risk", "risk-free", "last chance" }, confirm_before_booking = true,
             model = "when in doubt", revise = 2, otherwise = "hold" },
}
