select c.conversation_id, c.campaign_id, c.lead_id, c.version, c.stage, c.state, c.reason, c.language, c.channel, c.sentiment,
       c.facts, c.memory, c.message_count, c.turn_count, c.takeover_fence, c.created_at,
       k.name as campaign_name, k.state as campaign_state, k.channels, k.bindings, k.settings,
       l.external_id, l.first_name, l.last_name, l.phone, l.email, l.country, l.state as lead_state, l.postal_code,
       l.zone, l.language as lead_language, l.company, l.title, l.custom, l.evidence,
       m.fence, t.turn_number as last_turn,
       case when t.state = 'open' then t.opened end as unfinished,
       case when t.state = 'open' then
           (select coalesce(jsonb_agg(jsonb_build_array(s.kind, s.request_hash, s.result) order by s.step_number), '[]')
            from steps s
            where s.organization_id = c.organization_id and s.conversation_id = c.conversation_id
              and s.turn_number = t.turn_number) end as steps
from conversations c
join campaigns k on k.organization_id = c.organization_id and k.campaign_id = c.campaign_id
join leads l on l.organization_id = c.organization_id and l.lead_id = c.lead_id
join mailboxes m on m.organization_id = c.organization_id and m.conversation_id = c.conversation_id
left join lateral (
    select x.turn_number, x.state, x.opened
    from turns x
    where x.organization_id = c.organization_id and x.conversation_id = c.conversation_id
    order by x.turn_number desc limit 1) t on true
where c.organization_id = $1::uuid and c.conversation_id = any($2::uuid[])
