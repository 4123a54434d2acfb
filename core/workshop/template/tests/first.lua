-- What must come of a conversation. Run with: overture playbook test @DIR@

describe("a lead who is willing", function()
  it("is asked two questions and books a time", function()
    local talk = conversation {}
    expect(talk.reply):has "automated assistant"
    talk:hears "sure"
    expect(talk.stage):is "questions"
    talk:hears "yes, I decide"
    talk:hears "about 20"
    expect(talk):knows { decides = true, size = 20 }
    expect(talk):has_offered(3)
    talk:hears "the first one"
    expect(talk):is_not_booked()
    talk:hears "yes"
    expect(talk):is_booked()
  end)

  it("is left in peace when it is for two people only", function()
    local talk = conversation { stage = "questions", asked = "size", facts = { decides = true } }
    talk:hears "2"
    expect(talk.stage):is "later"
  end)
end)

describe("a lead who is not", function()
  it("says STOP and never hears from us again", function()
    local talk = conversation {}:hears "STOP"
    expect(talk):is_opted_out():on_every_channel()
    talk:later "60d"
    expect(talk):has_sent(1)
  end)

  it("says nothing and hears from us twice", function()
    local talk = conversation {}
    talk:later "30d"
    expect(talk):has_sent(2)
    expect(talk):is_closed "no answer"
  end)
end)
