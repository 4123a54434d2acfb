-- What a person may ask of us, and how long things are kept.

-- How many days an organization keeps what of people; kinds without a row are kept.
create table retention_rules (
    organization_id uuid not null references organizations,
    kind            text not null check (kind in ('webhooks', 'journal', 'messages', 'people')),
    days            integer not null check (days > 0),
    updated_at      timestamptz not null,
    primary key (organization_id, kind)
);
alter table retention_rules enable row level security;
create policy own_organization on retention_rules to overture_engine
    using (organization_id = (select current_organization()))
    with check (organization_id = (select current_organization()));
grant select, insert, update, delete on retention_rules to overture_engine;

-- Takes out of the permits given for these addresses what names somebody; what they were given by stays. The engine may not
-- change permits: it can have this done and nothing else. The chain goes on from their hashes, which the caller attests at its
-- end. Returns the permits as they are now.
create function empty_permits(organization uuid, known text[])
    returns table (permit_id uuid, sequence bigint, address text, channel text, purpose text, minute timestamptz,
                   document jsonb, previous_hash text, hash text)
    language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    update permits p
    set permit_id = (left(p.permit_id::text, 13) || '-7' || substr(m.mark, 1, 3) || '-8' || substr(m.mark, 4, 3) || '-'
                     || substr(m.mark, 7, 12))::uuid,
        address = hidden_address(organization, p.address),
        document = (p.document - 'evidence' - 'by' - 'salt')
                   || jsonb_build_object('erased', true,
                                         'request', (p.document -> 'request') - 'address' - 'place' - 'attempts')
    from permits q
    cross join lateral (select substr(hidden_address(organization, q.permit_id::text), 8) as mark) m
    where p.organization_id = organization and organization = current_organization() and p.address = any(known)
      and p.document ? 'request' and q.organization_id = p.organization_id and q.permit_id = p.permit_id
    returning p.permit_id, p.sequence, p.address, p.channel, p.purpose, p.minute, p.document, p.previous_hash, p.hash;
end $$;
revoke execute on function empty_permits from public;
grant execute on function empty_permits to overture_engine;

-- Removes these people: their leads with everything said, done and booked with them, consents and attempts; what names them in
-- notes of imports and in webhooks' bytes (`needles`, in lower case). What suppresses them stays under hidden addresses, and with
-- `shut` they are suppressed from now on. Waits for whoever has their mailboxes; {"busy": "…"} and nothing done while a turn or
-- a delivery of theirs is under way. Deliveries go before permits are emptied: permits change their ids.
create function erase_people(organization uuid, who uuid[], known text[], needles text[], shut boolean, at_time timestamptz)
    returns jsonb
    language plpgsql set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
    talks uuid[];
    done jsonb := '{}';
    n bigint;
begin
    perform from leads l where l.organization_id = organization and l.lead_id = any(who) order by l.lead_id for update;
    select coalesce(array_agg(c.conversation_id), '{}') into talks
    from conversations c where c.organization_id = organization and c.lead_id = any(who);
    perform from mailboxes m where m.organization_id = organization and m.conversation_id = any(talks)
    order by m.conversation_id for update;
    if exists (select from mailboxes m where m.organization_id = organization and m.conversation_id = any(talks)
                                         and m.lease_until > at_time) then
        return jsonb_build_object('busy', 'a turn of theirs is under way');
    end if;
    if exists (select from deliveries d where d.organization_id = organization and d.conversation_id = any(talks)
                                          and d.state = 'sending' and d.updated_at > at_time - interval '10 minutes') then
        return jsonb_build_object('busy', 'a message to them is with its carrier at this moment');
    end if;

    insert into address_keys (organization_id, key)
    values (organization, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
    on conflict do nothing;

    insert into suppressions (organization_id, address, channel, reason, at)
    select organization, hidden_address(organization, s.address), s.channel, min(s.reason), min(s.at)
    from suppressions s
    where s.organization_id = organization and s.address = any(known)
    group by 2, 3
    on conflict do nothing;
    delete from suppressions s where s.organization_id = organization and s.address = any(known);
    get diagnostics n = row_count;
    done := done || jsonb_build_object('suppressions', n);
    if shut then
        insert into suppressions (organization_id, address, channel, reason, at)
        select distinct organization, hidden_address(organization, k.address), '*', 'erased', at_time
        from unnest(known) as k (address)
        on conflict do nothing;
    end if;

    perform settle_money(organization, array_agg(r.conversation_id), array_agg(r.turn_number))
    from reservations r where r.organization_id = organization and r.conversation_id = any(talks)
    having count(*) > 0;

    delete from consents x where x.organization_id = organization and x.address = any(known);
    get diagnostics n = row_count;
    done := done || jsonb_build_object('consents', n);
    delete from attempts x where x.organization_id = organization and (x.lead_id = any(who) or x.address = any(known));
    get diagnostics n = row_count;
    done := done || jsonb_build_object('attempts', n);
    delete from slot_offers x where x.organization_id = organization and x.conversation_id = any(talks);
    delete from meetings x where x.organization_id = organization and (x.conversation_id = any(talks) or x.lead_id = any(who));
    get diagnostics n = row_count;
    done := done || jsonb_build_object('meetings', n);
    delete from deliveries x where x.organization_id = organization and (x.conversation_id = any(talks) or x.lead_id = any(who));
    get diagnostics n = row_count;
    done := done || jsonb_build_object('deliveries', n);
    delete from messages x where x.organization_id = organization and x.conversation_id = any(talks);
    get diagnostics n = row_count;
    done := done || jsonb_build_object('messages', n);
    delete from events x where x.organization_id = organization and x.conversation_id = any(talks);
    get diagnostics n = row_count;
    done := done || jsonb_build_object('events', n);
    delete from steps x where x.organization_id = organization and x.conversation_id = any(talks);
    delete from turns x where x.organization_id = organization and x.conversation_id = any(talks);
    get diagnostics n = row_count;
    done := done || jsonb_build_object('turns', n);
    delete from reservations x where x.organization_id = organization and x.conversation_id = any(talks);
    delete from mailboxes x where x.organization_id = organization and x.conversation_id = any(talks);
    delete from conversations x where x.organization_id = organization and x.conversation_id = any(talks);
    get diagnostics n = row_count;
    done := done || jsonb_build_object('conversations', n);
    delete from leads x where x.organization_id = organization and x.lead_id = any(who);
    get diagnostics n = row_count;
    done := done || jsonb_build_object('leads', n);

    update import_rows x set reason = 'erased', lead_id = null
    where x.organization_id = organization
      and (x.lead_id = any(who)
           or exists (select from unnest(needles) as k (needle) where position(k.needle in lower(x.reason)) > 0));
    get diagnostics n = row_count;
    done := done || jsonb_build_object('import_rows', n);
    update webhooks x set url = '', headers = '{}', body = '', note = 'erased'
    where x.organization_id = organization
      and exists (select from unnest(needles) as k (needle)
                  where position(k.needle in lower(encode(x.body, 'escape'))) > 0 or position(k.needle in lower(x.url)) > 0
                     or position(k.needle in lower(x.note)) > 0);
    get diagnostics n = row_count;
    return done || jsonb_build_object('webhooks', n);
end $$;
grant execute on function erase_people to overture_engine;
