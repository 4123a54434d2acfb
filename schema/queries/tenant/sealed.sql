select 'binding' as kind, binding_id as owner, secrets as sealed from bindings where organization_id = $1::uuid and secrets is not null
union all
select 'endpoint', endpoint_id, secrets from endpoints where organization_id = $1::uuid
union all
select 'issuer', organization_id, client_secret from issuers where organization_id = $1::uuid
union all
select 'second factor', user_id, second_factor from users where organization_id = $1::uuid and second_factor is not null
union all
select 'session key', key_id, sealed from session_keys where organization_id = $1::uuid
