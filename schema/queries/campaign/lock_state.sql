-- Whoever plans touches holds the row too, so that none is planned into a pause.
select name, version, state, starts_at, ends_at from campaigns
where organization_id = $1::uuid and campaign_id = $2::uuid
for no key update
