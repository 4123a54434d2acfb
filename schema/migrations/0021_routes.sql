-- What the API's routes keep: forms on other people's pages, what became of meetings, which pages may call from a browser.

-- A web form whose answers become leads of one campaign. Its id is public: it stands in a page.
create table forms (
    organization_id uuid not null references organizations,
    form_id         uuid not null,
    campaign_id     uuid not null,
    name            text not null,
    region          text not null,                 -- ISO 3166-1 alpha-2, for numbers without a country code; '' for none
    consent_text    text not null,                 -- what the page shows beside the box that is ticked; '' for none
    origins         text[] not null,               -- pages that may send it from a browser: "https://www.brightroof.example"
    created_at      timestamptz not null,
    closed_at       timestamptz,
    primary key (organization_id, form_id),
    foreign key (organization_id, campaign_id) references campaigns
);
alter table forms enable row level security;
create policy own_organization on forms to overture_engine
    using (organization_id = (select current_organization()))
    with check (organization_id = (select current_organization()));
grant select, insert, update on forms to overture_engine;

-- Whose form this is.
create function organization_of_form(asked uuid) returns uuid
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
begin
    return (select f.organization_id from forms f where f.form_id = asked and f.closed_at is null);
end $$;
revoke execute on function organization_of_form from public;
grant execute on function organization_of_form to overture_engine;
create index forms_id on forms (form_id);

-- Whether any organization lets pages of this origin call the API, or send a form, from a browser.
create function origin_is_known(asked text) returns boolean
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
begin
    return exists (select from forms f where asked = any (f.origins) and f.closed_at is null)
        or exists (select from organizations o where o.settings -> 'origins' ? asked);
end $$;
revoke execute on function origin_is_known from public;
grant execute on function origin_is_known to overture_engine;

alter table meetings add column outcome text check (outcome in ('took_place', 'no_show'));

create index conversations_held on conversations (conversation_id, organization_id) where state = 'held';
