-- Customers who are asked whether they renew.

local customer = { first_name = "Marla", country = "US", state = "FL", phone = "+17275550111" }

describe("a customer who renews", function()
  it("is offered two times for the call and gets the one they choose", function()
    local talk = conversation { lead = customer }
    talk:hears "sure"
    talk:hears "nothing"
    talk:hears "yes"
    expect(talk.stage):is "booking"
    expect(talk):has_offered(2)
    talk:hears "the first one"
    talk:hears "yes"
    expect(talk):is_booked()
  end)

  it("goes to a person at once with termites", function()
    local talk = conversation { lead = customer, stage = "checkup", asked = "seen" }
    talk:hears "termites, I think"
    expect(talk.stage):is "person"
    expect(talk):is_held()
    expect(talk):has_replied "colleague"
  end)
end)

describe("a customer who does not renew", function()
  it("is let go kindly", function()
    local talk = conversation { lead = customer, stage = "checkup", asked = "renew", facts = { seen = "nothing" } }
    talk:hears "no"
    expect(talk.stage):is "lapsed"
    expect(talk):has_replied "That is fine"
  end)

  it("is not asked any further", function()
    local talk = conversation { lead = customer, stage = "checkup", asked = "renew", facts = { seen = "nothing" } }
    talk:hears "no"
    talk:later "60d"
    expect(talk):is_closed()
    expect(talk):has_sent { at_most = 2 }
  end)

  it("who moved is not written to again", function()
    local talk = conversation { lead = customer }
    talk:hears "we moved last year"
    talk:hears "as I said, we moved"
    expect(talk.stage):is "closed"
  end)

  it("who does not answer hears from us twice", function()
    local talk = conversation { lead = customer }
    talk:later "30d"
    expect(talk):has_sent(2)
    expect(talk):is_closed "no answer"
  end)
end)
