-- People at work: brief, polite, sometimes not the right one.

-- After one of these nobody writes again.
local goodbye = { "i leave it here", "will not hear from me", "be in touch" }

person { name = "interested", weight = 34, reply_after = { "5m", "3h" }, silent = 0.08, gives_up_after = 12,
  answers = {
    { hear = goodbye, say = {} },
    { hear = { "two things", "two questions", "two short questions" }, say = { "Sure, go ahead", "Yes", "Ok, ask" } },
    { hear = { "operations team" }, say = { "about 40", "25 people", "12", "120" } },
    { hear = { "which tool" }, say = { "Spreadsheets, mostly", "a home-grown system", "Paper and a whiteboard" } },
    { hear = { "up to you" }, say = { "Yes", "yes, together with finance" } },
    { hear = { "which suits you" }, say = { "1", "The second one", "the first works" } },
    { hear = { "shall i book" }, say = { "Yes please", "yes" } },
    { hear = { "done:", "reminder" }, say = {} },
  },
  otherwise = { "Ok" },
}

person { name = "has a tool", weight = 14, reply_after = { "20m", "5h" }, silent = 0.15, gives_up_after = 10,
  answers = {
    { hear = goodbye, say = {} },
    { hear = { "two things", "two questions", "two short questions" }, say = { "We already use something", "Happy with what we have" } },
    { hear = { "only to compare" }, say = { "Alright, ask", "No, not interested, thanks" } },
    { hear = { "operations team" }, say = { "60", "30" } },
    { hear = { "which tool" }, say = { "Something our IT wrote" } },
    { hear = { "up to you" }, say = { "No, that's our director", "Yes" } },
    { hear = { "which suits you" }, say = { "2" } },
    { hear = { "shall i book" }, say = { "yes" } },
    { hear = { "done:", "reminder" }, say = {} },
  },
  otherwise = { "Hm" },
}

person { name = "large account", weight = 8, reply_after = { "30m", "4h" }, silent = 0.05, gives_up_after = 8,
  answers = {
    { hear = goodbye, say = {} },
    { hear = { "two things", "two questions", "two short questions" }, say = { "Sure" } },
    { hear = { "operations team" }, say = { "around 900", "1200" } },
    { hear = { "which tool" }, say = { "Several" } },
  },
  otherwise = { "Thanks" },
}

person { name = "wants an email", weight = 10, reply_after = { "10m", "6h" }, silent = 0.1, gives_up_after = 6,
  answers = {
    { hear = goodbye, say = {} },
    { hear = { "two things", "two questions", "two short questions" }, say = { "Just email me something", "Send me an email" } },
    { hear = { "fits your case" }, say = { "Not interested then", "Ok, ask" } },
    { hear = { "operations team" }, say = { "18" } },
    { hear = { "which tool" }, say = { "Spreadsheets" } },
    { hear = { "up to you" }, say = { "yes" } },
    { hear = { "which suits you" }, say = { "3", "1" } },
    { hear = { "shall i book" }, say = { "yes" } },
    { hear = { "done:", "reminder" }, say = {} },
  },
  otherwise = { "Ok" },
}

person { name = "silent", weight = 20, reply_after = { "1h", "2h" }, silent = 1, gives_up_after = 1,
  answers = {}, otherwise = { "?" },
}

person { name = "stops", weight = 6, reply_after = { "2m", "2h" }, silent = 0, gives_up_after = 3,
  answers = { { hear = goodbye, say = {} }, { hear = { "questions", "two things" }, say = { "Stop", "Remove me from your list", "unsubscribe" } } },
  otherwise = { "STOP" },
}

person { name = "left the company", weight = 8, reply_after = { "5m", "5h" }, silent = 0.1, gives_up_after = 3,
  answers = { { hear = goodbye, say = {} }, { hear = { "questions", "two things" }, say = { "Wrong person, I left that company", "Wrong number" } } },
  otherwise = { "Wrong number" },
}
