with written as (
    select m.channel, count(*) as received
    from conversations c
    join messages m on m.organization_id = c.organization_id and m.conversation_id = c.conversation_id
    where c.organization_id = $1::uuid and c.campaign_id = $2::uuid and m.direction = 'in'
    group by m.channel
), queued as (
    select d.channel,
           count(*) filter (where d.state in ('sent', 'delivered', 'undelivered')) as sent,
           count(*) filter (where d.state = 'delivered') as delivered,
           count(*) filter (where d.state in ('failed', 'undelivered')) as failed,
           count(*) filter (where d.state in ('due', 'sending', 'unknown')) as waiting,
           count(*) filter (where d.state = 'held') as held,
           count(*) filter (where d.state = 'cancelled') as cancelled
    from conversations c
    join deliveries d on d.organization_id = c.organization_id and d.conversation_id = c.conversation_id
    where c.organization_id = $1::uuid and c.campaign_id = $2::uuid
    group by d.channel
)
select x.channel, coalesce(q.sent, 0) as sent, coalesce(q.delivered, 0) as delivered, coalesce(q.failed, 0) as failed,
       coalesce(q.waiting, 0) as waiting, coalesce(q.held, 0) as held, coalesce(q.cancelled, 0) as cancelled,
       coalesce(w.received, 0) as received
from (select unnest(k.channels) as channel from campaigns k
      where k.organization_id = $1::uuid and k.campaign_id = $2::uuid
      union select channel from queued union select channel from written) x
left join queued q on q.channel = x.channel
left join written w on w.channel = x.channel
order by x.channel
