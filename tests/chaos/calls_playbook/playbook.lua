-- One stage that answers whatever is said: calls are measured with it, and engines killed in the middle of one.
return playbook {
  api = 1, id = "calls",
  about = "Answer whatever is said",
  channels = { "voice" },
  languages = { "en" },

  settings = { company = text { required = true } },

  persona = { name = "Robin", role = "automated assistant", manner = "brief and kind" },

  start = "talk",

  stages = {
    talk = stage {
      goal  = "answer what was asked",
      lines = { "Hello {lead.first_name}, {settings.company} here, may I ask you something?" },
      quiet = { after = "20d", go = "rest" },
    },
    rest = stage {
      goal   = "end kindly",
      lines  = { "Thank you, {lead.first_name}." },
      closes = true,
    },
  },

  cadence = { touch { channel = "voice", between = "08:00-20:00" } },

  review = { sentences = 6, model = "never", revise = 1, otherwise = "hold" },
}
