-- sealed: $5 api_answers.answer
update api_answers set status = $4::integer, answer = $5
where organization_id = $1::uuid and key_id = $2::uuid and idempotency_key = $3
