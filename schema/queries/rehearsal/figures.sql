select
    (select count(*) from leads where organization_id = $1::uuid) as people,
    (select count(distinct lead_id) from deliveries
     where organization_id = $1::uuid and state in ('sent', 'delivered', 'undelivered')) as contacted,
    (select count(*) from deliveries
     where organization_id = $1::uuid and state in ('sent', 'delivered', 'undelivered')) as messages_out,
    (select count(*) from deliveries where organization_id = $1::uuid and state = 'delivered') as delivered,
    (select count(*) from deliveries where organization_id = $1::uuid and state = 'undelivered') as undelivered,
    (select count(*) from deliveries where organization_id = $1::uuid and state = 'failed') as refused_by_carrier,
    (select count(*) from deliveries where organization_id = $1::uuid and state = 'cancelled') as cancelled,
    (select count(*) from deliveries where organization_id = $1::uuid and state in ('due', 'sending', 'unknown', 'held'))
        as waiting,
    (select count(*) from messages where organization_id = $1::uuid and direction = 'in') as messages_in,
    (select count(distinct conversation_id) from messages where organization_id = $1::uuid and direction = 'in') as answered,
    (select count(*) from conversations where organization_id = $1::uuid and reason = 'opted out') as opted_out,
    (select count(*) from conversations where organization_id = $1::uuid and reason = 'may have opted out')
        as may_have_opted_out,
    (select count(*) from conversations where organization_id = $1::uuid and state = 'held') as held,
    (select count(*) from meetings where organization_id = $1::uuid and state = 'booked') as booked,
    (select count(*) from turns where organization_id = $1::uuid) as turns,
    (select count(*) from turns where organization_id = $1::uuid and state = 'failed') as failed_turns,
    (select count(*) from steps where organization_id = $1::uuid and kind in ('csr', 'overseer')) as model_calls,
    (select coalesce(sum(cost_micros), 0) from steps where organization_id = $1::uuid) as cost_micros,
    (select count(*) from permits where organization_id = $1::uuid) as permits
