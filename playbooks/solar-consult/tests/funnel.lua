-- The way from the first message to a booked consultation, and out of it.

local function qualified()
  local talk = conversation {}
  talk:hears "Sure, go ahead"
  talk:hears "Yes, it's ours"
  talk:hears "the bills"
  talk:hears "about $140"
  talk:hears "yes, I decide"
  talk:hears "this quarter"
  return talk
end

describe("the first message", function()
  it("says who is writing and asks for a minute", function()
    local talk = conversation {}
    expect(talk):has_sent(1)
    expect(talk.reply):has "automated assistant"
    expect(talk.reply):has "Brightroof"
    expect(talk.stage):is "opening"
  end)

  it("is in Hindi for a lead who reads Hindi", function()
    local talk = conversation { lead = { first_name = "Mohan", country = "IN", language = "hi" } }
    expect(talk.reply):has "AI सहायक"
  end)

  it("waits for the morning of a lead who sleeps", function()
    local talk = conversation { at = "Tue 03:00" }
    expect(talk):has_sent(0)
    talk:later "9h"
    expect(talk):has_sent(1)
  end)

  it("is never sent without consent", function()
    local talk = conversation { consent = "none" }
    talk:later "30d"
    expect(talk):has_sent(0)
    expect(talk):is_closed "consent"
  end)
end)

describe("a lead who does not answer", function()
  it("hears from us three times, and then it ends", function()
    local talk = conversation {}
    talk:later "40d"
    expect(talk):has_sent(3)
    expect(talk):is_closed "no answer"
  end)

  it("is left alone after going quiet in the middle", function()
    local talk = conversation { stage = "discovery", asked = "owns" }
    talk:hears "yes"
    talk:later "5d"
    expect(talk.stage):is "nurture"
    talk:later "40d"
    expect(talk):is_closed()
    expect(talk):has_sent { at_most = 3 }
  end)
end)

describe("what is asked", function()
  it("is one thing at a time, in order", function()
    local talk = conversation {}
    talk:hears "ok"
    expect(talk.reply):has "own the home"
    talk:hears "yes"
    expect(talk.reply):has "matters most"
    talk:hears "outages"
    expect(talk.stage):is "qualification"
    expect(talk.reply):has "power bill"
    expect(talk):knows { owns = true, need = "outages" }
  end)

  it("is not asked again when the lead said it already", function()
    local talk = conversation { stage = "discovery", asked = "owns" }
    talk:hears "yes I own it, and the bills are what bothers me"
    expect(talk):knows { owns = true, need = "bills" }
    expect(talk.stage):is "qualification"
  end)

  it("ends kindly with somebody who does not own the home", function()
    local talk = conversation { stage = "discovery", asked = "owns" }
    talk:hears "no"
    expect(talk):is_closed()
    expect(talk):has_replied()
  end)

  it("ends in nurture for a bill that is too small", function()
    local talk = conversation { stage = "qualification", asked = "bill", facts = { owns = true, need = "bills" } }
    talk:hears "about $40"
    expect(talk.stage):is "nurture"
    expect(talk):is_not_booked()
  end)

  it("counts a bill in the lead's own money", function()
    local talk = conversation { lead = { country = "IN" }, stage = "qualification", asked = "bill" }
    talk:hears "1800"
    expect(talk.stage):is "nurture"
  end)
end)

describe("booking", function()
  it("offers three times and holds nothing yet", function()
    local talk = qualified()
    expect(talk.stage):is "booking"
    expect(talk):has_offered(3)
    expect(talk):is_not_booked()
  end)

  it("asks before it books, and books what the lead confirms", function()
    local talk = qualified()
    talk:hears "the second one"
    expect(talk):is_not_booked()
    expect(talk.reply):has "Shall I book it"
    talk:hears "yes please"
    expect(talk):is_booked()
    expect(talk.reply):has(talk.meeting.text)
    expect(talk.stage):is "booked"
  end)

  it("offers again when the lead says no to the time", function()
    local talk = qualified()
    talk:hears "the first one"
    talk:hears "no"
    expect(talk):has_offered(3)
    expect(talk):is_not_booked()
  end)

  it("reminds three hours before the meeting", function()
    local talk = qualified()
    talk:hears "1"
    talk:hears "yes"
    talk:later "10d"
    expect(talk):has_sent "A reminder"
  end)

  it("lets the lead cancel", function()
    local talk = qualified()
    talk:hears "1"
    talk:hears "yes"
    talk:hears "I have to cancel the meeting"
    expect(talk):is_closed()
    expect(talk):is_not_booked()
  end)

  it("is a person's when nobody has time", function()
    local talk = conversation { stage = "qualification", asked = "timeline", team = {},
                                facts = { owns = true, need = "bills", bill = 140, decides = true } }
    talk:hears "now"
    expect(talk):is_held "no free time"
    expect(talk.reply):has "no free time"
  end)
end)
