-- What stands sealed can be looked into only by whoever opens it.
select webhook_id, binding_id, received_at, method, url, headers, body, outcome, note
from webhooks
where organization_id = $1::uuid and webhook_id > $2::uuid and starts_with(url, 'sealed:1:')
order by webhook_id
limit $3::integer
