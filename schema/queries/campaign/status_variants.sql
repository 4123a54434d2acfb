-- Whoever was spoken to, by the variant of the playbook's wordings that they got; empty: the playbook's own.
select c.memory->>'variant' as variant, count(*) as people,
       count(*) filter (where exists (select from messages m
                                      where m.organization_id = c.organization_id
                                        and m.conversation_id = c.conversation_id and m.direction = 'in')) as answered,
       count(*) filter (where exists (select from meetings g
                                      where g.organization_id = c.organization_id
                                        and g.conversation_id = c.conversation_id and g.state = 'booked')) as booked,
       sum(coalesce((c.memory->>'score')::bigint, 0)) as score
from conversations c
where c.organization_id = $1::uuid and c.campaign_id = $2::uuid and c.memory ? 'variant'
group by c.memory->>'variant'
order by c.memory->>'variant'
