-- Who somebody is decides how far the conversation goes.

local function at_work(title)
  return { first_name = "Estelle", title = title, company = "Mosswell Insurance", country = "US", state = "FL", phone = "+19545550111" }
end

describe("somebody who decides", function()
  it("is offered a demo once team and tool are known", function()
    local talk = conversation { lead = at_work "Regional Director" }
    talk:hears "sure"
    talk:hears "about 40"
    talk:hears "spreadsheets mostly"
    expect(talk.stage):is "booking"
    expect(talk):has_offered(3)
    expect(talk.reply):has "Tallyport Dispatch"
  end)

  it("of a very large team is a person's to talk to", function()
    local talk = conversation { lead = at_work "VP Operations", stage = "account", asked = "team_size" }
    talk:hears "1200"
    expect(talk.stage):is "large"
    expect(talk):is_held()
  end)

  it("of a team of three is left in peace", function()
    local talk = conversation { lead = at_work "Founder", stage = "account", asked = "team_size" }
    talk:hears "3"
    expect(talk.stage):is "nurture"
  end)
end)

describe("somebody whose title says nothing", function()
  it("is asked whether they decide", function()
    local talk = conversation { lead = at_work "Operations Analyst", stage = "account", asked = "tool", facts = { team_size = 40 } }
    talk:hears "we plan it in spreadsheets"
    expect(talk.stage):is "authority"
    expect(talk.reply):has "up to you"
    talk:hears "yes"
    expect(talk.stage):is "booking"
  end)

  it("and does not decide is thanked", function()
    local talk = conversation { lead = at_work "Operations Analyst", stage = "authority", asked = "decides",
                                facts = { team_size = 40, tool = "spreadsheets" } }
    talk:hears "no, my boss does"
    expect(talk.stage):is "nurture"
    expect(talk):is_not_booked()
  end)
end)

describe("a student", function()
  it("is never offered a demo", function()
    local talk = conversation { lead = at_work "Student" }
    talk:hears "sure"
    expect(talk.stage):is_not "booking"
    talk:hears "about 40"
    expect(talk.stage):is "nurture"
  end)
end)

describe("objections", function()
  it("an email instead is answered once", function()
    local talk = conversation { lead = at_work "Head of Operations" }
    talk:hears "just send me an email"
    expect(talk):has_replied()
    talk:hears "no really, send me an email"
    expect(talk.stage):is "nurture"
  end)

  it("no budget is answered once", function()
    local talk = conversation { lead = at_work "Head of Operations" }
    talk:hears "we have no budget":twice()
    expect(talk.stage):is "nurture"
  end)
end)

describe("a STOP", function()
  it("ends everything, whoever writes it", function()
    local talk = conversation { lead = at_work "Chief Operating Officer" }:hears "STOP"
    expect(talk):is_opted_out():on_every_channel()
  end)
end)
