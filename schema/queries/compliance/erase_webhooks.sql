update webhooks set url = '', headers = '{}', body = '', note = 'erased'
where organization_id = $1::uuid and webhook_id = any($2::uuid[])
