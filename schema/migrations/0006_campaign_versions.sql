-- Which versions of its playbook a campaign has begun conversations with, in order.
create table campaign_versions (
    organization_id uuid not null,
    campaign_id     uuid not null,
    number          integer not null,
    version         text not null,
    since           timestamptz not null,
    primary key (organization_id, campaign_id, number),
    foreign key (organization_id, campaign_id) references campaigns,
    foreign key (organization_id, version) references playbook_versions
);
alter table campaign_versions enable row level security;
create policy own_organization on campaign_versions to overture_engine
    using (organization_id = (select current_organization()))
    with check (organization_id = (select current_organization()));
grant select, insert on campaign_versions to overture_engine;

insert into campaign_versions (organization_id, campaign_id, number, version, since)
select organization_id, campaign_id, 1, version, created_at from campaigns;
