select c.conversation_id, coalesce(l.external_id, l.lead_id::text) as lead, l.first_name, l.last_name, c.stage, c.state,
       c.reason, c.language, c.facts, c.sentiment, c.version,
       coalesce(c.memory->>'variant', '') as variant, coalesce((c.memory->>'score')::bigint, 0) as score,
       (select coalesce(jsonb_agg(to_jsonb(x) order by x.number), '[]')
        from (select m.number, m.direction, m.author, m.channel, m.text, m.stage, m.at
              from messages m
              where m.organization_id = c.organization_id and m.conversation_id = c.conversation_id) x) as messages
from conversations c
join leads l on l.organization_id = c.organization_id and l.lead_id = c.lead_id
where c.organization_id = $1::uuid
order by lead
