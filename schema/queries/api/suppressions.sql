select address, channel, reason, at
from suppressions
where organization_id = $1::uuid and (address, channel) > ($2, $3)
order by address, channel
limit $4::integer
