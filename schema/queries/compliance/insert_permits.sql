insert into permits (organization_id, permit_id, sequence, address, channel, purpose, minute, document, previous_hash, hash)
select $1::uuid, g.permit_id, g.sequence, g.address, g.channel, g.purpose, g.minute, g.document::jsonb, g.previous_hash, g.hash
from unnest($2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[], $9::text[], $10::text[])
    as g (permit_id, sequence, address, channel, purpose, minute, document, previous_hash, hash)
