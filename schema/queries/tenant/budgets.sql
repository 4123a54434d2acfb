select b.scope, b.period, b.campaign_id, b.limit_micros, b.currency, k.name as campaign,
       coalesce(u.spent_micros, 0) as spent_micros, coalesce(u.reserved_micros, 0) as reserved_micros
from budgets b
left join campaigns k on k.organization_id = b.organization_id
                         and (k.campaign_id = b.campaign_id
                              or (b.scope = 'campaign' and b.campaign_id = '00000000-0000-0000-0000-000000000000'))
left join budget_usage u on u.organization_id = b.organization_id and b.scope in ('organization', 'campaign')
                            and u.campaign_id = coalesce(k.campaign_id, '00000000-0000-0000-0000-000000000000')
                            and u.day = case b.period when 'day' then ($2::timestamptz at time zone 'UTC')::date
                                                      else '-infinity' end
where b.organization_id = $1::uuid
order by b.scope, b.period, k.name nulls first
