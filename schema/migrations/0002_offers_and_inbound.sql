-- Times that a lead was offered and has not chosen yet: others are offered something else where there is a choice.
create table slot_offers (
    organization_id uuid not null references organizations,
    conversation_id uuid not null,
    manager_id      uuid not null,
    starts_at       timestamptz not null,
    ends_at         timestamptz not null,
    offered_at      timestamptz not null,
    primary key (organization_id, conversation_id, manager_id, starts_at)
);
create index slot_offers_recent on slot_offers (offered_at, organization_id);
alter table slot_offers enable row level security;
create policy own_organization on slot_offers to overture_engine
    using (organization_id = (select current_organization()))
    with check (organization_id = (select current_organization()));
grant select, insert, update, delete on slot_offers to overture_engine;

-- Where a conversation begins that the lead begins; null: this campaign does not take people who write first.
alter table campaigns add column inbound_stage text;

-- Where a conversation is, by its own id or by the lead's id in the list; the newest one.
create function find_conversation(asked text) returns table (organization_id uuid, conversation_id uuid)
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select c.organization_id, c.conversation_id
    from conversations c
    join leads l on l.organization_id = c.organization_id and l.lead_id = c.lead_id
    where c.conversation_id::text = asked or l.external_id = asked
    order by c.created_at desc
    limit 1;
end $$;
revoke execute on function find_conversation from public;
grant execute on function find_conversation to overture_engine;
