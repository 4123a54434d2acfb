-- One of a person's ($3), or all but one ($4).
update sessions set revoked_at = $5::timestamptz
where organization_id = $1::uuid and user_id = $2::uuid and revoked_at is null
  and ($3::uuid is null or session_id = $3::uuid) and ($4::uuid is null or session_id <> $4::uuid)
