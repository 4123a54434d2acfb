insert into permit_heads (organization_id, sequence, hash) values ($1::uuid, 0, '')
on conflict (organization_id) do update set sequence = permit_heads.sequence
returning sequence, hash, newest
