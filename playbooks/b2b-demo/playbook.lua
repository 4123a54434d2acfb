-- Company leads: who somebody is decides how far the conversation goes. People who run operations are offered a demo;
-- people who do not are asked who does; very large teams go to a person at once.

local deciders = { "chief", "vp", "head", "director", "founder", "owner" }
local never_asked = { "student", "intern" }

local function has_word(title, words)
  title = string.lower(title or "")
  for _, word in ipairs(words) do
    if string.find(title, word, 1, true) then return true end
  end
  return false
end

local function decides(talk) return has_word(talk.lead.title, deciders) end

return playbook {
  api = 1, id = "b2b-demo",
  about = "Book a 30-minute product demo with people who decide about operations software",
  channels = { "sms" },
  languages = { "en" },

  settings = {
    company = text { required = true },
    product = text { required = true },
  },

  persona = { name = "Robin", role = "automated sales development assistant",
              manner = "brief and factual, respects a busy day, one question at a time" },

  facts = {
    team_size = number { ask = "How many people work in your operations team?", min = 1, max = 100000 },
    tool      = text { ask = "Which tool do you plan the work with today?" },
    decides   = yes_no { ask = "Is choosing such a tool up to you?" },
  },

  start = "opening",

  stages = {
    opening = stage {
      goal  = "say who is writing and why to {lead.first_name}",
      guide = file "texts/opening.md",
      lines = { "Hi {lead.first_name}, I'm {persona.name}, the automated assistant at {settings.company}. May I ask two things about how {lead.company} plans its work?",
                "Hello {lead.first_name}, {persona.name} here, automated assistant at {settings.company}. Open to two questions about planning work?" },
      moves = {
        account = "willing to talk",
        closed  = "wrong person",
        nurture = "not interested",
      },
      quiet = { after = "10d", go = "nurture" },
    },

    account = stage {
      goal    = "learn the size of the team and the tool in use",
      guide   = file "texts/account.md",
      lines   = { "Thank you.", "Thanks, {lead.first_name}." },
      collect = { "team_size", "tool" },
      moves   = {
        -- The title says it: no need to ask those who decide by their role.
        booking = function(talk)
          local size = talk.facts.team_size
          return decides(talk) and talk.facts.tool ~= nil and size ~= nil and size >= 5 and size < 500
        end,
        -- Large accounts are talked to by a person.
        large = function(talk) return (talk.facts.team_size or 0) >= 500 end,
        authority = function(talk)
          return not decides(talk) and not has_word(talk.lead.title, never_asked)
              and talk.facts.tool ~= nil and (talk.facts.team_size or 0) >= 5
        end,
        nurture = function(talk)
          return has_word(talk.lead.title, never_asked) or (talk.facts.team_size ~= nil and talk.facts.team_size < 5)
        end,
      },
      quiet = { after = "5d", go = "nurture" },
    },

    authority = stage {
      goal    = "learn whether they choose the tool",
      lines   = { "Good to know." },
      collect = { "decides" },
      moves   = {
        booking = function(talk) return talk.facts.decides end,
        nurture = function(talk) return talk.facts.decides == false end,
      },
      quiet = { after = "5d", go = "nurture" },
    },

    booking = booking {
      goal = "agree on a time for the demo",
      minutes = 30, offer = 3, notice = "24h", horizon = "14d", hours = "Mon-Fri 09:00-17:00",
      buffer = "15m", hold = "2h", confirm = { "sms" }, remind = { "3h" }, after = "booked",
      lines = {
        offer   = { "A colleague can show you {settings.product} in 30 minutes. Which suits you: {slots}?" },
        confirm = { "{slot} with {manager}. Shall I book it?" },
        booked  = { "Done: {slot} with {manager}. The invitation is on its way." },
        none    = { "I have no free time to offer right now. Which days suit you in general?" },
        remind  = { "A reminder: {slot} with {manager} about {settings.product}." },
      },
      moves = { nurture = "not interested" },
      quiet = { after = "3d", go = "nurture" },
    },

    booked = stage {
      goal  = "look after the demo until it happens",
      lines = { "Thank you, {lead.first_name}. Write here any time if the time no longer suits you." },
      moves = { booking = "asks for another time", closed = "cancels the meeting" },
      quiet = { after = "21d", go = "closed" },
    },

    large = stage {
      goal  = "bring a person into the conversation",
      lines = { "With a team of that size I would rather have a colleague write to you personally. They will be in touch." },
      hands_over = true,
    },

    nurture = stage {
      goal  = "leave the door open without another question",
      lines = { "Thanks, {lead.first_name}, I leave it here. Write any time if it becomes interesting." },
      moves = { account = "interested again" },
      quiet = { after = "60d", go = "closed" },
    },

    closed = stage {
      goal   = "end kindly",
      lines  = { "Thanks for telling me, and sorry for the bother. You will not hear from me again." },
      closes = true,
    },
  },

  objections = {
    has_tool = objection {
      hear = "is happy with the tool they have",
      words = { "already use", "happy with what we have", "we have a tool" },
      answer = file "texts/has_tool.md", tries = 1, otherwise = "nurture",
    },
    send_email = objection {
      hear = "asks for an email with information instead",
      words = { "send me an email", "email me", "send info" },
      answer = file "texts/send_email.md", tries = 1, otherwise = "nurture",
    },
    budget = objection {
      hear = "has no budget", words = { "no budget", "budget is frozen", "too expensive" },
      answer = file "texts/budget.md", tries = 1, otherwise = "nurture",
    },
  },

  cadence = {
    touch { channel = "sms", between = "10:00-16:00", days = "Tue-Thu" },
    touch { channel = "sms", after = "3d", between = "10:00-16:00", days = "Tue-Thu",
            lines = { "Hi {lead.first_name}, {persona.name} from {settings.company} again. Two short questions about planning work, if you have a minute?" } },
  },

  review = { sentences = 3, never = { "guarantee", "best in class", "game changer" }, confirm_before_booking = true,
             model = "when in doubt", revise = 2, otherwise = "hold" },
}
