with begun as (
    insert into campaign_versions (organization_id, campaign_id, number, version, since)
    values ($1::uuid, $2::uuid, 1, $4, $10::timestamptz)
)
insert into campaigns (organization_id, campaign_id, name, version, channels, bindings, settings, state, starts_at, ends_at,
                       created_at, inbound_stage, state_since, pace)
values ($1::uuid, $2::uuid, $3, $4, $5::text[],
        coalesce((select jsonb_object_agg(b.name, b.binding_id::text) from bindings b
                  where b.organization_id = $1::uuid and position('/' in b.name) > 0), '{}') || $6::jsonb,
        $7::jsonb, $12, $8::timestamptz, $9::timestamptz,
        $10::timestamptz, $11, $10::timestamptz, $13::jsonb)
