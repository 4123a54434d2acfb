select address, channel, reason, at
from suppressions
where organization_id = $1::uuid and ($2::text is null or (address, channel) > ($2, $5)) and ($3::text is null or address = $3)
order by address, channel
limit $4::integer
