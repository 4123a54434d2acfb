select c.conversation_id, c.campaign_id, k.name as campaign, c.version, c.stage, c.state, c.reason, c.language, c.channel,
       c.sentiment, c.facts, c.message_count, c.takeover_fence, c.created_at, c.updated_at, c.lead_id, l.external_id,
       l.first_name, l.last_name, l.phone, l.email, l.zone
from conversations c
join campaigns k on k.organization_id = c.organization_id and k.campaign_id = c.campaign_id
join leads l on l.organization_id = c.organization_id and l.lead_id = c.lead_id
where c.organization_id = $1::uuid and c.conversation_id < $2::uuid
  and ($3::text is null or c.state = $3) and ($4::text is null or c.stage = $4)
  and ($5::uuid is null or c.campaign_id = $5::uuid)
order by c.conversation_id desc
limit $6::integer
