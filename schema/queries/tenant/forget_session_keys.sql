-- Those that were followed by another one before $2.
delete from session_keys k
where k.organization_id = $1::uuid
  and exists (select from session_keys n where n.organization_id = k.organization_id and n.key_id > k.key_id
                                           and n.created_at <= $2::timestamptz)
