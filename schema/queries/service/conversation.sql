select c.conversation_id, c.stage, c.state, c.reason, c.language, c.channel, c.sentiment, c.facts, c.memory, c.version,
       c.created_at, k.name as campaign, v.playbook, l.external_id, l.first_name, l.last_name, l.phone, l.email, l.zone
from conversations c
join campaigns k on k.organization_id = c.organization_id and k.campaign_id = c.campaign_id
join playbook_versions v on v.organization_id = c.organization_id and v.version = c.version
join leads l on l.organization_id = c.organization_id and l.lead_id = c.lead_id
where c.organization_id = $1::uuid and c.conversation_id = $2::uuid
