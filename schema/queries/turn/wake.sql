insert into mailboxes (organization_id, conversation_id, wake_at) values ($1::uuid, $2::uuid, $3::timestamptz)
on conflict (organization_id, conversation_id)
do update set wake_at = least(mailboxes.wake_at, excluded.wake_at)
