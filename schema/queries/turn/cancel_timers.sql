update events set dropped = $3
where organization_id = $1::uuid and conversation_id = any($2::uuid[]) and kind in ('timer', 'touch')
  and turn_number is null and dropped is null and not event_id = any($4::uuid[])
