-- Everybody else a list brings: people who are not asked further, who say no, or who say nothing.

-- After one of these nobody writes again.
local goodbye = { "i leave it here", "will not keep asking", "will not hear from me", "all the best", "जब चाहें", "शुभकामनाएँ" }

person { name = "silent", weight = 18, reply_after = { "1h", "2h" }, silent = 1, gives_up_after = 1,
  answers = {}, otherwise = { "?" },
}

person { name = "renter", weight = 5, reply_after = { "4m", "3h" }, silent = 0.05, gives_up_after = 6,
  answers = {
    { hear = goodbye, say = {} },
    { hear = { "two quick questions", "two questions" }, say = { "I rent, sorry", "We rent this place", "Sure" } },
    { hear = { "do you own" }, say = { "No, my landlord does", "no, I rent" } },
  },
  otherwise = { "As I said, I rent" },
}

person { name = "stops", weight = 5, reply_after = { "1m", "2h" }, silent = 0, gives_up_after = 4,
  answers = {
    { hear = goodbye, say = {} },
    { hear = { "two quick questions", "two questions" },
      say = { "STOP", "Stop.", "stop texting me", "Take me off your list", "unsubscribe please" } },
  },
  otherwise = { "STOP" },
}

person { name = "stops later", weight = 3, reply_after = { "5m", "6h" }, silent = 0.05, gives_up_after = 6,
  answers = {
    { hear = goodbye, say = {} },
    { hear = { "two quick questions", "two questions" }, say = { "Sure, what is it" } },
    { hear = { "do you own" }, say = { "Yes" } },
    { hear = { "matters most" }, say = { "Please remove me, this is too many messages", "Lose my number" } },
  },
  otherwise = { "take me off your list" },
}

person { name = "wants a person", weight = 4, reply_after = { "3m", "2h" }, silent = 0.05, gives_up_after = 6,
  answers = {
    { hear = goodbye, say = {} },
    { hear = { "two quick questions", "two questions" },
      say = { "Can a real person call me?", "I'd rather talk to a human", "Yes, but I want to speak to a person" } },
  },
  otherwise = { "Please have somebody call me" },
}

person { name = "wrong person", weight = 4, reply_after = { "2m", "5h" }, silent = 0.05, gives_up_after = 4,
  answers = {
    { hear = goodbye, say = {} },
    { hear = { "two quick questions", "two questions" },
      say = { "Wrong number", "You have the wrong person", "There is nobody of that name here, wrong number" } },
  },
  otherwise = { "Wrong number!" },
}

person { name = "has solar", weight = 3, reply_after = { "5m", "5h" }, silent = 0.05, gives_up_after = 6,
  answers = {
    { hear = goodbye, say = {} },
    { hear = { "two quick questions", "two questions" }, say = { "We already have solar", "Already have panels, thanks" } },
    { hear = { "batteries and older panels" }, say = { "No, we are fine, not interested", "Maybe. What do you want to know?" } },
    { hear = { "do you own" }, say = { "yes" } },
  },
  otherwise = { "No thanks" },
}

person { name = "not now", weight = 6, reply_after = { "10m", "8h" }, silent = 0.1, gives_up_after = 6,
  answers = {
    { hear = goodbye, say = {} },
    { hear = { "two quick questions", "two questions" }, say = { "Not interested, thanks", "Bad time, busy right now", "No thanks" } },
  },
  otherwise = { "Maybe another year" },
}

person { name = "Hindi speaker", weight = 1200, numbers = "+91", reply_after = { "3m", "3h" }, silent = 0.08, gives_up_after = 14,
  answers = {
    { hear = goodbye, say = {} },
    { hear = { "दो सवाल" }, say = { "हाँ, पूछिए", "जी हाँ", "haan, poochiye", "haan ji" } },
    { hear = { "30 मिनट की बात" }, say = { "हाँ, पूछिए", "haan" } },
    { hear = { "two quick questions", "two questions" }, say = { "haan, poochiye", "Yes, go ahead" } },
    { hear = { "अपना है", "do you own" }, say = { "हाँ", "haan", "जी हाँ, अपना है" } },
    { hear = { "क्या ज़रूरी है", "matters most" }, say = { "bills", "outages, bijli bahut jaati hai" } },
    { hear = { "बिजली बिल", "power bill" }, say = { "3500", "lagbhag 4200", "लगभग 2800" } },
    { hear = { "फ़ैसला आप", "decide about the roof" }, say = { "हाँ", "haan, main hi" } },
    { hear = { "आप कब चाहेंगे", "now, this quarter or later" }, say = { "now", "this quarter" } },
    { hear = { "कौन सा समय", "which suits you" }, say = { "1", "2", "पहला" } },
    { hear = { "बुक कर दूँ", "shall i book" }, say = { "हाँ", "haan ji", "जी हाँ" } },
    { hear = { "हो गया", "याद दिला", "done:", "reminder" }, say = {} },
  },
  otherwise = { "ठीक है", "theek hai" },
}

person { name = "Hindi speaker who stops", weight = 96, numbers = "+91", reply_after = { "3m", "3h" }, silent = 0.05, gives_up_after = 4,
  answers = {
    { hear = goodbye, say = {} },
    { hear = { "सवाल", "questions" }, say = { "बंद करो", "मैसेज मत भेजो", "mat bhejo", "STOP" } },
  },
  otherwise = { "STOP" },
}
