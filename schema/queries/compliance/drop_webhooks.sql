delete from webhooks
where organization_id = $1::uuid
  and webhook_id in (select w.webhook_id from webhooks w
                     where w.organization_id = $1::uuid and w.received_at < $2::timestamptz
                     order by w.webhook_id limit $3::integer)
