-- Which part of a campaign's new conversations begins with another version than the campaign's own: those whose lead's hash is below
-- `percent`.
create table campaign_shares (
    organization_id uuid not null,
    campaign_id     uuid not null,
    version         text not null,
    percent         integer not null check (percent between 1 and 100),
    inbound_stage   text not null,
    since           timestamptz not null,
    primary key (organization_id, campaign_id),
    foreign key (organization_id, campaign_id) references campaigns,
    foreign key (organization_id, version) references playbook_versions
);
alter table campaign_shares enable row level security;
create policy own_organization on campaign_shares to overture_engine
    using (organization_id = (select current_organization()))
    with check (organization_id = (select current_organization()));
grant select, insert, update, delete on campaign_shares to overture_engine;

-- 0 to 99, the same for a lead in a campaign wherever it is asked.
create function share_of_lead(campaign uuid, lead uuid) returns integer
    language sql immutable parallel safe
    as $$ select (('x' || substr(md5(campaign::text || lead::text), 1, 8))::bit(32)::bigint % 100)::integer $$;
grant execute on function share_of_lead(uuid, uuid) to overture_engine;
