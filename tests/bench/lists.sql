-- A large organization beside the bench's own: a million leads, each with a conversation of ten messages and a delivery, and
-- twenty thousand meetings. Written past triggers and foreign keys; ids count up, as those of version 7 do.
set session_replication_role = replica;
insert into organizations (organization_id, name, created_at)
values ('01900000-0000-7000-8000-0000000000aa', 'Large', '2026-01-05Z');
insert into playbook_versions (organization_id, version, playbook, files, published_at)
values ('01900000-0000-7000-8000-0000000000aa', 'v1', 'large', '{}', '2026-01-05Z');
insert into campaigns (organization_id, campaign_id, name, version, channels, state, starts_at, created_at)
select '01900000-0000-7000-8000-0000000000aa', ('01900000-0000-7000-8001-' || lpad(to_hex(n), 12, '0'))::uuid, 'campaign ' || n, 'v1',
       '{sms}', 'running', '2026-01-05Z', '2026-01-05Z'
from generate_series(1, 20) n;
insert into leads (organization_id, lead_id, external_id, first_name, last_name, phone, email, country, state, zone, language,
                   company, created_at)
select '01900000-0000-7000-8000-0000000000aa', ('01900000-0000-7000-8002-' || lpad(to_hex(n), 12, '0'))::uuid, 'crm-' || n,
       (array['Ann', 'Asha', 'Ben', 'Carla', 'Dev', 'Elif', 'Femi', 'Grace', 'Hugo', 'Ines'])[1 + n % 10],
       'Name' || (n::bigint * 7919) % 50000, '+1' || (2000000000 + n)::text, 'lead' || n || '@mail.example', 'US', 'AZ', 'America/Phoenix', 'en',
       'Company ' || n % 30000, '2026-01-05Z'::timestamptz + n * interval '10 seconds'
from generate_series(1, 1000000) n;
insert into lead_words (organization_id, lead_id, word)
select l.organization_id, l.lead_id, w.word from leads l, lead_words_of(l.first_name, l.last_name, l.company) as w (word)
where l.organization_id = '01900000-0000-7000-8000-0000000000aa';
insert into conversations (organization_id, conversation_id, campaign_id, lead_id, version, stage, state, reason, channel,
                           message_count, created_at, updated_at)
select '01900000-0000-7000-8000-0000000000aa', ('01900000-0000-7000-8003-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('01900000-0000-7000-8001-' || lpad(to_hex(1 + n / 50001), 12, '0'))::uuid,
       ('01900000-0000-7000-8002-' || lpad(to_hex(n), 12, '0'))::uuid, 'v1',
       case when n % 1000 = 0 then 'booking' else 'talk' end,
       case when n % 5000 = 0 then 'held' when n % 7000 = 0 then 'taken' when n % 3 = 0 then 'closed' else 'open' end, '', 'sms', 10,
       '2026-01-05Z'::timestamptz + n * interval '10 seconds', '2026-01-06Z'::timestamptz + n * interval '10 seconds'
from generate_series(1, 1000000) n;
insert into messages (organization_id, conversation_id, number, direction, author, channel, text, stage, at)
select '01900000-0000-7000-8000-0000000000aa', ('01900000-0000-7000-8003-' || lpad(to_hex(n), 12, '0'))::uuid, m,
       case when m % 2 = 0 then 'in' else 'out' end, case when m % 2 = 0 then 'lead' else 'agent' end, 'sms',
       'A sentence of about the length of a usual text message, number ' || m, 'talk',
       '2026-01-05Z'::timestamptz + n * interval '10 seconds' + m * interval '1 minute'
from generate_series(1, 1000000) n, generate_series(1, 10) m;
insert into deliveries (organization_id, delivery_id, conversation_id, lead_id, turn_number, channel, binding_id, recipient, text, state,
                        due_at, permit_id, takeover_fence, created_at, sent_at, updated_at)
select '01900000-0000-7000-8000-0000000000aa', ('01900000-0000-7000-8004-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('01900000-0000-7000-8003-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('01900000-0000-7000-8002-' || lpad(to_hex(n), 12, '0'))::uuid, 1, 'sms', '01900000-0000-7000-8005-000000000001',
       '+1' || (2000000000 + n)::text, 'A sentence', case when n % 20000 = 0 then 'failed' else 'delivered' end,
       '2026-01-05Z'::timestamptz + n * interval '10 seconds', '01900000-0000-7000-8005-000000000002', 0,
       '2026-01-05Z'::timestamptz + n * interval '10 seconds', '2026-01-05Z'::timestamptz + n * interval '10 seconds',
       '2026-01-05Z'::timestamptz + n * interval '10 seconds'
from generate_series(1, 1000000) n;
insert into account_managers (organization_id, manager_id, name, email, zone, hours)
values ('01900000-0000-7000-8000-0000000000aa', '01900000-0000-7000-8006-000000000001', 'Dana', 'dana@example.com', 'America/Phoenix',
        'Mon-Fri 09:00-17:00');
insert into meetings (organization_id, meeting_id, manager_id, lead_id, conversation_id, span, blocked, state, title, lead_zone,
                      created_at, updated_at)
select '01900000-0000-7000-8000-0000000000aa', ('01900000-0000-7000-8007-' || lpad(to_hex(n), 12, '0'))::uuid,
       '01900000-0000-7000-8006-000000000001', ('01900000-0000-7000-8002-' || lpad(to_hex(n * 50), 12, '0'))::uuid,
       ('01900000-0000-7000-8003-' || lpad(to_hex(n * 50), 12, '0'))::uuid,
       tstzrange('2026-01-05Z'::timestamptz + n * interval '1 hour', '2026-01-05Z'::timestamptz + n * interval '1 hour' + interval '30 minutes'),
       tstzrange('2026-01-05Z'::timestamptz + n * interval '1 hour', '2026-01-05Z'::timestamptz + n * interval '1 hour' + interval '30 minutes'),
       'cancelled', 'A look at your roof', 'America/Phoenix', '2026-01-05Z', '2026-01-05Z'
from generate_series(1, 20000) n;
set session_replication_role = origin;
analyze organizations, campaigns, leads, lead_words, conversations, messages, deliveries, account_managers, meetings;
