-- What its carrier says of a call, found by our id or by its own; never back from its end.
update calls c
set state = case when $5 = 'ended' then 'ended' when c.state = 'placing' then 'ringing' else c.state end,
    reference = coalesce(c.reference, $4),
    answered_by = coalesce($6, c.answered_by),
    answered_at = coalesce(c.answered_at, case when $5 = 'answered' then $8::timestamptz end),
    ended_at = case when $5 = 'ended' then $8::timestamptz end,
    token_digest = case when $5 <> 'ended' then c.token_digest end,
    reason = case when $5 = 'ended' and c.reason = '' then $7 else c.reason end
where c.organization_id = $1::uuid and c.binding_id = $2::uuid and c.state <> 'ended'
  and (c.call_id = $3::uuid or c.reference = $4)
returning c.call_id, c.conversation_id, c.direction, c.engine, c.answered_at, c.state
