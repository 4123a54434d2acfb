-- What a person has answered and no turn has taken up yet.
select event_id from events
where organization_id = $1::uuid and conversation_id = $2::uuid and kind = 'reply' and turn_number is null and dropped is null
limit 1
