-- How far it is. Whether it goes on: nobody else runs it, and nobody has cancelled it.
update imports
set rows_read = $4::integer, kept = $5::integer, refused = $6::integer, lease_until = $7::timestamptz
where organization_id = $1::uuid and import_id = $2::uuid and tries = $3::integer and state in ('running', 'planning')
returning not cancelled as goes_on
