-- What its carrier must know of a call that it asks about, found by our id or by its own.
select k.call_id, c.language, c.version, k.direction, p.settings, l.first_name, l.last_name,
       (select m.details
        from messages m
        where m.organization_id = k.organization_id and m.conversation_id = k.conversation_id and m.direction = 'note'
          and m.details ->> 'call' = k.call_id::text and m.details ? 'aloud'
        order by m.number desc
        limit 1) as told
from calls k
join conversations c on c.organization_id = k.organization_id and c.conversation_id = k.conversation_id
join campaigns p on p.organization_id = c.organization_id and p.campaign_id = c.campaign_id
join leads l on l.organization_id = c.organization_id and l.lead_id = c.lead_id
where k.organization_id = $1::uuid and k.binding_id = $2::uuid and k.state <> 'ended' and (k.call_id = $3::uuid or k.reference = $4)
