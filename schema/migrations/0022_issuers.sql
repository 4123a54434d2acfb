-- People sign in at their organization's own issuer (OpenID Connect).

create table issuers (
    organization_id uuid primary key references organizations,
    issuer          text not null,                 -- its URL, as its tokens say it
    client_id       text not null,
    client_secret   bytea not null,                -- sealed
    redirect_url    text not null,                 -- the page that the issuer sends people back to
    created_at      timestamptz not null
);

-- Those who were sent to an issuer and have not come back yet.
create table sign_in_starts (
    organization_id uuid not null,
    start_id        uuid not null,
    state           text not null,                 -- sha256
    keep            text not null,                 -- sha256 of what only the browser that began has
    nonce           text not null,
    verifier        text not null,                 -- PKCE (RFC 7636)
    expires_at      timestamptz not null,
    primary key (organization_id, start_id)
);
create unique index sign_in_starts_state on sign_in_starts (state, organization_id);

do $$
declare
    name text;
begin
    foreach name in array array['issuers', 'sign_in_starts']
    loop
        execute format('alter table %I enable row level security', name);
        execute format('create policy own_organization on %I to overture_engine
                        using (organization_id = (select current_organization()))
                        with check (organization_id = (select current_organization()))', name);
        execute format('grant select, insert, update, delete on %I to overture_engine', name);
    end loop;
end $$;

-- Who a person is at the issuer, from the first time on that they came from there: an address may go to somebody else.
alter table users add column subject text;
create unique index users_subject on users (subject, organization_id) where subject is not null;
