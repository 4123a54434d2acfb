-- Passages of playbooks' knowledge as vectors, by model and by the digest of their text: a version whose passage did not change finds
-- the vector of the one before it.
create table knowledge_vectors (
    organization_id uuid not null references organizations,
    model           text not null,                 -- as the provider names it
    passage         text not null,                 -- hex SHA-256 of its headings and text
    vector          real[] not null,
    created_at      timestamptz not null,
    primary key (organization_id, model, passage)
);
alter table knowledge_vectors enable row level security;
create policy own_organization on knowledge_vectors to overture_engine
    using (organization_id = (select current_organization()))
    with check (organization_id = (select current_organization()));
grant select, insert, delete on knowledge_vectors to overture_engine;
