select
    exists (select from suppressions s
            where s.organization_id = $1::uuid and s.address = $2 and s.channel in ('*', $3)) as suppressed,
    (select max(case c.level when 'express_written' then 2 else 1 end) from consents c
     where c.organization_id = $1::uuid and c.address = $2 and c.channel in ('*', $3) and c.given_at <= $4::timestamptz
       and c.revoked_at is null and (c.expires_at is null or c.expires_at > $4::timestamptz)) as consent,
    (select array_agg((extract(epoch from a.at) * 1000000)::bigint::text order by a.at) from attempts a
     where a.organization_id = $1::uuid and a.address = $2 and a.at > $4::timestamptz - interval '31 days') as attempts
