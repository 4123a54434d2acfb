-- The simulated leads of `overture run @DIR@`: what they say to what they hear.

local goodbye = { "i leave it here", "will not hear from me" }

person { name = "willing", weight = 6, reply_after = { "2m", "2h" }, silent = 0.05, gives_up_after = 12,
  answers = {
    { hear = goodbye, say = {} },
    { hear = { "two short questions" }, say = { "Sure", "ok, ask", "Go ahead" } },
    { hear = { "decide" }, say = { "Yes", "yes, I do" } },
    { hear = { "how many people" }, say = { "about 20", "12", "around 40" } },
    { hear = { "which one suits" }, say = { "The first one", "2" } },
    { hear = { "shall i book" }, say = { "Yes please" }, after = "booked" },
  },
  otherwise = { "Sounds good" },
}

person { name = "unwilling", weight = 3, reply_after = { "5m", "4h" }, silent = 0.1, gives_up_after = 4,
  answers = {
    { hear = goodbye, say = {} },
    { hear = { "two short questions" }, say = { "Not interested", "No thanks", "STOP", "too expensive" } },
  },
  otherwise = { "No thanks" },
}

person { name = "silent", weight = 2, reply_after = { "1h", "2h" }, silent = 1, gives_up_after = 1,
  answers = {}, otherwise = { "?" },
}
