-- @ID@: a first draft. Change the words, then run:
--   overture playbook check @DIR@     what is wrong with it, with place and suggestion
--   overture playbook test @DIR@      the conversations in tests/
--   overture playbook chat @DIR@      talk to it yourself
--   overture playbook words           every word that may stand here

return playbook {
  api = 1, id = "@ID@",
  about = "Ask two questions and book a 30-minute call",
  channels = { "sms" },
  languages = { "en" },

  settings = {
    company = text { required = true },   -- filled in by settings.json
  },

  persona = { name = "Sam", role = "automated assistant", manner = "friendly and brief, one question at a time" },

  facts = {
    decides = yes_no { ask = "Would you be the one to decide about it?" },
    size    = number { ask = "How many people would use it?", min = 1, max = 100000 },
  },

  start = "opening",

  stages = {
    opening = stage {
      goal  = "say who is writing and earn a minute of attention",
      lines = { "Hi {lead.first_name}, {persona.name} here, {settings.company}'s automated assistant. May I ask two short questions?" },
      moves = { questions = "willing to talk", closed = "wrong person", later = "not interested" },
      quiet = { after = "9d", go = "later" },
    },

    questions = stage {
      goal    = "learn who decides and how many people it is for",
      lines   = { "Thank you.", "Thanks, {lead.first_name}." },
      collect = { "decides", "size" },
      moves   = {
        -- What must be certain is a function; everything else is said in words.
        booking = function(talk) return talk.facts.decides and talk.facts.size ~= nil and talk.facts.size >= 5 end,
        later   = function(talk) return talk.facts.decides == false or (talk.facts.size ~= nil and talk.facts.size < 5) end,
      },
      quiet = { after = "4d", go = "later" },
    },

    booking = booking {
      goal = "agree on a time for the call",
      minutes = 30, offer = 3, notice = "24h", horizon = "10d", hours = "Mon-Fri 09:00-17:00",
      buffer = "15m", hold = "2h", confirm = { "sms" }, remind = { "3h" }, after = "booked",
      moves = { later = "not interested" },
      quiet = { after = "3d", go = "later" },
    },

    booked = stage {
      goal  = "look after the meeting until it happens",
      lines = { "Thank you, {lead.first_name}. Write here any time if the time no longer suits you." },
      moves = { booking = "asks for another time", closed = "cancels the meeting" },
      quiet = { after = "14d", go = "closed" },
    },

    later = stage {
      goal  = "leave the door open without another question",
      lines = { "I leave it here for now, {lead.first_name}. Write whenever it suits you." },
      moves = { questions = "interested again" },
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
      hear = "says that it costs too much", words = { "too expensive", "costs too much" },
      answer = file "texts/price.md", tries = 1, otherwise = "later",
    },
  },

  cadence = {
    touch { channel = "sms" },
    touch { channel = "sms", after = "3d", days = "Mon-Fri",
            lines = { "Hi {lead.first_name}, {persona.name} from {settings.company} again. Two short questions, when it suits you?" } },
  },

  review = { sentences = 3, never = { "guarantee" }, confirm_before_booking = true,
             model = "when in doubt", revise = 2, otherwise = "hold" },
}
