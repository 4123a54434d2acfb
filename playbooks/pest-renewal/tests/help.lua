-- Customers who write first, or who should be talked to by a person.

describe("a customer who writes first", function()
  it("is asked what they see, and then a person takes over", function()
    local talk = conversation { inbound = true }
    expect(talk):has_sent(0)
    expect(talk.stage):is "help"
    talk:hears "hello, I have a problem in my kitchen"
    expect(talk.stage):is "help"
    talk:hears "roaches"
    expect(talk.stage):is "person"
    expect(talk):is_held()
  end)
end)

describe("a person answers", function()
  for _, said in ipairs { "I am allergic to that stuff", "my son was bitten", "I want a refund", "I call my lawyer" } do
    it("when the customer writes: " .. said, function()
      local talk = conversation {}
      talk:hears(said)
      expect(talk):is_held "a person should answer"
      expect(talk):has_not_replied()
      expect(talk.notes):has "the customer wrote about"
    end)
  end
end)

describe("words that are never said", function()
  it("are kept out of a model's drafts", function()
    local talk = conversation {}
    talk:model_says { reply = "We guarantee that every infestation ends. May I ask two things?" }
    talk:hears "what is this"
    expect(talk):was_revised()
    expect(talk):has_not_sent "infestation"
  end)
end)
