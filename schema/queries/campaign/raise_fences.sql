-- Drafts and queued messages from before are void. One that a person holds keeps its fence: the time it is theirs for goes by it.
update conversations c
set takeover_fence = c.takeover_fence + 1, updated_at = $3::timestamptz,
    state = case when $4::boolean and c.state = 'open' then 'closed' else c.state end,
    reason = case when $4::boolean and c.state = 'open' then $5 else c.reason end
where c.organization_id = $1::uuid and c.campaign_id = $2::uuid and c.state in ('open', 'held')
