-- Existing customers whose yearly protection runs out: most want it settled by a person, so hand over early. Customers
-- write first as well (`inbound`), usually because something is crawling.

return playbook {
  api = 1, id = "pest-renewal",
  about = "Renew a yearly pest protection, or bring a customer with a problem to a person at once",
  channels = { "sms" },
  languages = { "en" },

  settings = {
    company = text { required = true },
  },

  persona = { name = "Wes", role = "automated customer care assistant",
              manner = "friendly and practical, hands over to a colleague early" },

  facts = {
    seen  = one_of { "ants", "roaches", "mice", "termites", "nothing",
                     ask = "Have you seen anything lately: ants, roaches, mice, termites or nothing?" },
    renew = yes_no { ask = "Shall we keep your protection going for another year?" },
  },

  start = "opening",
  inbound = "help",

  stages = {
    opening = stage {
      goal  = "remind {lead.first_name} that the protection runs out",
      guide = file "texts/opening.md",
      lines = { "Hi {lead.first_name}, {persona.name} here, {settings.company}'s automated assistant. Your yearly protection runs out soon. May I ask two things?" },
      moves = { checkup = "willing to talk", help = "has a problem", closed = "wrong person", lapsed = "not interested" },
      quiet = { after = "8d", go = "lapsed" },
    },

    checkup = stage {
      goal    = "learn how the year went and whether they renew",
      guide   = file "texts/checkup.md",
      lines   = { "Thank you.", "Thanks, {lead.first_name}." },
      collect = { "seen", "renew" },
      moves   = {
        person  = function(talk) return talk.facts.seen == "termites" end,
        booking = function(talk) return talk.facts.seen ~= nil and talk.facts.renew end,
        lapsed  = function(talk) return talk.facts.renew == false end,
      },
      quiet = { after = "4d", go = "lapsed" },
    },

    help = stage {
      goal    = "learn what they see, then bring a person in",
      guide   = file "texts/help.md",
      lines   = { "Sorry to hear that." },
      collect = { "seen" },
      moves   = { person = function(talk) return talk.facts.seen ~= nil end },
      quiet   = { after = "1d", go = "person" },
    },

    booking = booking {
      goal = "agree on a time for the yearly inspection call",
      minutes = 20, offer = 2, notice = "12h", horizon = "14d", hours = "Mon-Sat 08:00-18:00",
      buffer = "10m", hold = "2h", confirm = { "sms" }, remind = { "24h" }, after = "booked",
      lines = {
        offer   = { "Glad to hear it. A specialist calls you for 20 minutes to plan the visit. Which suits you: {slots}?" },
        confirm = { "{slot} with {manager}. Shall I book it?" },
        booked  = { "Done: {slot} with {manager}." },
        none    = { "I have no free time to offer right now. Which days suit you in general?" },
        remind  = { "A reminder: {slot} with {manager} about your yearly protection." },
      },
      moves = { lapsed = "not interested" },
      quiet = { after = "3d", go = "person" },
    },

    booked = stage {
      goal  = "look after the call until it happens",
      lines = { "Thank you, {lead.first_name}. Write here any time if the time no longer suits you." },
      moves = { booking = "asks for another time", closed = "cancels the meeting", help = "has a problem" },
      quiet = { after = "21d", go = "closed" },
    },

    person = stage {
      goal  = "hand over",
      lines = { "I have asked a colleague to take this up with you personally. They will write or call soon." },
      hands_over = true,
    },

    lapsed = stage {
      goal  = "let it end kindly",
      lines = { "That is fine, {lead.first_name}. If anything shows up, write here and a colleague helps." },
      moves = { help = "has a problem", checkup = "changes their mind" },
      quiet = { after = "30d", go = "closed" },
    },

    closed = stage {
      goal   = "end kindly",
      lines  = { "Thanks for telling me. You will not hear from me again." },
      closes = true,
    },
  },

  objections = {
    price = objection {
      hear = "finds it too expensive", words = { "too expensive", "costs too much", "price went up" },
      answer = file "texts/price.md", tries = 1, otherwise = "person",
    },
    moved = objection {
      hear = "moved or sold the house", words = { "we moved", "i moved", "sold the house" },
      answer = file "texts/moved.md", tries = 1, otherwise = "closed",
    },
  },

  cadence = {
    touch { channel = "sms" },
    touch { channel = "sms", after = "4d", days = "Mon-Fri",
            lines = { "Hi {lead.first_name}, {persona.name} from {settings.company} again: your protection runs out soon. May I ask two things?" } },
  },

  review = { sentences = 3, never = { "guarantee", "infestation" }, confirm_before_booking = true,
             model = "when in doubt", revise = 2, otherwise = "hold" },

  on = {
    -- A customer who is bitten, ill or angry about a technician gets a person, whatever stage it is.
    reply = function(talk, message)
      local said = string.lower(message.text)
      for _, word in ipairs { "allergic", "bitten", "stung", "lawyer", "refund", "complaint", "technician never" } do
        if string.find(said, word, 1, true) then
          talk:note("the customer wrote about: " .. word)
          talk:handover("a person should answer: " .. word)
          return
        end
      end
    end,
  },
}
