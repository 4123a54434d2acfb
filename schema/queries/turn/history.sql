-- The last messages of each conversation. As rows: a document of them all costs PostgreSQL several times as much.
select g.place, x.number, x.direction, x.author, x.channel, x.text, x.stage, x.at, x.details
from unnest($2::uuid[]) with ordinality as g (conversation_id, place)
cross join lateral (
    select m.number, m.direction, m.author, m.channel, m.text, m.stage, m.at, nullif(m.details, '{}') as details
    from messages m
    where m.organization_id = $1::uuid and m.conversation_id = g.conversation_id
    order by m.number desc limit 60) x
