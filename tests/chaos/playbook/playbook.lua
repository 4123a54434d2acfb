-- One stage that answers whatever comes: enough to see each event answered once.
return playbook {
  api = 1, id = "chaos",
  about = "Answer every message once",
  channels = { "sms" },
  languages = { "en" },

  settings = { company = text { required = true } },

  persona = { name = "Robin", role = "automated assistant", manner = "brief and kind" },

  start = "talk",

  stages = {
    talk = stage {
      goal  = "answer what was asked",
      lines = { "Hello {lead.first_name}, may I ask you something?" },
      quiet = { after = "20d", go = "rest" },
    },
    rest = stage {
      goal   = "end kindly",
      lines  = { "Thank you, {lead.first_name}." },
      closes = true,
    },
  },

  cadence = { touch { channel = "sms", between = "08:00-20:00" } },

  review = { sentences = 6, model = "always", revise = 2, otherwise = "hold" },
}
