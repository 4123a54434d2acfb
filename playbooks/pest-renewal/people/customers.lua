-- Customers of some years: most are content, some have a problem now.

-- After one of these nobody writes again.
local goodbye = { "that is fine", "will not hear from me", "write or call soon" }

person { name = "content", weight = 40, reply_after = { "3m", "4h" }, silent = 0.05, gives_up_after = 10,
  answers = {
    { hear = goodbye, say = {} },
    { hear = { "may i ask two things" }, say = { "Sure", "Yes, go ahead", "ok" } },
    { hear = { "seen anything" }, say = { "nothing, all good", "a few ants", "Nothing" } },
    { hear = { "another year" }, say = { "Yes please", "yes", "Yes, keep it" } },
    { hear = { "which suits you" }, say = { "1", "The second one", "first" } },
    { hear = { "shall i book" }, say = { "yes", "Yes please" } },
    { hear = { "done:", "reminder" }, say = {} },
  },
  otherwise = { "ok" },
}

person { name = "has a problem", weight = 14, reply_after = { "2m", "1h" }, silent = 0, gives_up_after = 6,
  answers = {
    { hear = goodbye, say = {} },
    { hear = { "may i ask two things" }, say = { "Yes, because there are mice in the garage", "Sure, we have termites I think" } },
    { hear = { "seen anything" }, say = { "mice", "termites", "roaches" } },
    { hear = { "another year" }, say = { "Yes, but fix it first" } },
  },
  otherwise = { "Please have somebody call me" },
}

person { name = "complains", weight = 8, reply_after = { "1m", "1h" }, silent = 0, gives_up_after = 4,
  answers = { { hear = goodbye, say = {} }, { hear = { "may i ask two things" }, say = { "The technician never showed up", "I want a refund" } } },
  otherwise = { "This is a complaint" },
}

person { name = "finds it dear", weight = 10, reply_after = { "10m", "5h" }, silent = 0.1, gives_up_after = 6,
  answers = {
    { hear = goodbye, say = {} },
    { hear = { "may i ask two things" }, say = { "It is too expensive now", "The price went up again" } },
    { hear = { "see what fits" }, say = { "Still too expensive", "ok" } },
    { hear = { "seen anything" }, say = { "nothing" } },
    { hear = { "another year" }, say = { "no" } },
  },
  otherwise = { "ok" },
}

person { name = "moved", weight = 6, reply_after = { "5m", "3h" }, silent = 0.1, gives_up_after = 4,
  answers = { { hear = goodbye, say = {} }, { hear = { "may i ask two things" }, say = { "We moved last month", "Sold the house in spring" } } },
  otherwise = { "Thanks" },
}

person { name = "silent", weight = 16, reply_after = { "1h", "2h" }, silent = 1, gives_up_after = 1,
  answers = {}, otherwise = { "?" },
}

person { name = "stops", weight = 6, reply_after = { "1m", "1h" }, silent = 0, gives_up_after = 3,
  answers = { { hear = goodbye, say = {} }, { hear = { "may i ask two things" }, say = { "STOP", "please stop texting me" } } },
  otherwise = { "STOP" },
}
