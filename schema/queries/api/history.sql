-- Of all conversations of a lead, the newest first; $3, $4, $5: after this one.
select m.conversation_id, m.number, m.direction, m.author, m.channel, m.stage, m.text, m.at, c.campaign_id
from conversations c
join messages m on m.organization_id = c.organization_id and m.conversation_id = c.conversation_id
where c.organization_id = $1::uuid and c.lead_id = $2::uuid
  and ($3::timestamptz is null or (m.at, m.conversation_id, m.number) < ($3::timestamptz, $4::uuid, $5::integer))
order by m.at desc, m.conversation_id desc, m.number desc
limit $6::integer
