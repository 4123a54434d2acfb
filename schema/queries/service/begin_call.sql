-- Again for a delivery that its carrier certainly did not take: with a new token. Nothing when its call went further.
insert into calls (organization_id, call_id, conversation_id, binding_id, direction, state, reference, token_digest, started_at, details)
values ($1::uuid, $2::uuid, $3::uuid, $4::uuid, $5, $6, $7, $8, $9::timestamptz, $10::jsonb)
on conflict (organization_id, call_id)
do update set token_digest = excluded.token_digest, started_at = excluded.started_at
where calls.state = 'placing' and calls.reference is null
returning call_id, (select k.settings ->> 'voice_transfer_to' from conversations c
                    join campaigns k on k.organization_id = c.organization_id and k.campaign_id = c.campaign_id
                    where c.organization_id = calls.organization_id and c.conversation_id = calls.conversation_id) as transfer_to
