select campaign_id, version, inbound_stage
from campaigns
where organization_id = $1::uuid and state = 'running' and inbound_stage is not null
  and $2 = any(channels) and bindings ->> $2 = $3
  and starts_at <= $4::timestamptz and (ends_at is null or ends_at > $4::timestamptz)
order by created_at desc, campaign_id
limit 1
