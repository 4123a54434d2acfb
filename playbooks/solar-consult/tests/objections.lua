-- What leads say against it, and what may never be said back.

describe("a price objection", function()
  it("is answered twice and then let go", function()
    local talk = conversation { stage = "qualification", asked = "bill" }
    talk:hears "honestly that's too expensive"
    expect(talk.stage):is "qualification"
    talk:hears "no, still too expensive":twice()
    expect(talk.stage):is "nurture"
    expect(talk):has_sent { at_most = 3 }
  end)
end)

describe("other objections", function()
  it("a renter is let go after one answer", function()
    local talk = conversation { stage = "discovery", asked = "owns" }
    talk:hears "I rent"
    talk:hears "as I said, I rent"
    expect(talk.stage):is "closed"
  end)

  it("a suspicious lead hears who we are", function()
    local talk = conversation {}
    talk:hears "is this a scam?"
    expect(talk):has_replied()
    expect(talk):is_open()
  end)

  it("somebody who wants a person gets one", function()
    local talk = conversation {}
    talk:hears "can a real person call me?"
    expect(talk):is_held "person"
  end)

  it("a wrong number is not written to again", function()
    local talk = conversation {}
    talk:hears "wrong number"
    expect(talk):is_closed()
    talk:later "40d"
    expect(talk):has_sent { at_most = 2 }
  end)
end)

describe("a lead who names a time", function()
  it("is written to then, and not before", function()
    local talk = conversation { stage = "discovery", asked = "owns" }
    talk:hears "call me tomorrow at 3pm"
    local before = #talk.sent
    talk:later "28h"
    expect(talk):has_sent(before)
    talk:later "2h"
    expect(talk):has_sent(before + 1)
  end)
end)

describe("an opt-out", function()
  it("never survives a STOP", function()
    local talk = conversation {}:hears "Stop. Thank you"
    expect(talk):is_opted_out():on_every_channel()
    expect(talk):has_not_replied()
    talk:later "60d"
    expect(talk):has_sent(1)
  end)

  it("is understood without the word", function()
    expect(conversation {}:hears "take me off your list"):is_opted_out()
  end)

  it("lets a booked meeting go", function()
    local talk = conversation { stage = "booking", facts = { owns = true, need = "bills", bill = 140, decides = true,
                                                             timeline = "now" } }
    talk:hears "sounds good"
    talk:hears "1"
    talk:hears "STOP"
    expect(talk):is_opted_out()
    expect(talk):is_not_booked()
  end)
end)

describe("a model", function()
  it("that promises something is sent back and said better", function()
    local talk = conversation {}
    talk:model_says { reply = "Great. I guarantee that you save money, no risk. Do you own the home you live in?", move = "discovery" }
    talk:hears "sure"
    expect(talk):was_revised()
    expect(talk):has_not_sent "guarantee"
  end)

  it("that invents a stage stays where it is", function()
    local talk = conversation {}
    talk:model_says { reply = "Thank you, Asha.", move = "booking" }
    talk:hears "hm"
    expect(talk.stage):is "opening"
    expect(talk):has_not_offered()
  end)

  it("that does not answer leaves it to a person", function()
    local talk = conversation {}
    talk:model_fails()
    talk:hears "yes"
    expect(talk):is_held()
    expect(talk):has_not_replied()
  end)
end)

describe("a person who takes over", function()
  it("is not interrupted", function()
    local talk = conversation {}
    talk:taken_over()
    talk:hears "yes, go on"
    expect(talk):is_taken()
    expect(talk):has_not_replied()
    talk:given_back()
    talk:hears "yes, go on"
    expect(talk):has_replied()
  end)
end)
