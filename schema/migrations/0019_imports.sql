-- Rows that come by the hundred thousand: like those of every turn (decision 6), leads and consents carry no foreign key to
-- organizations, each of which would lock that one row. The policy lets nobody write for another organization, and an import begins with
-- a lock on its own, which must be there.
alter table leads drop constraint leads_organization_id_fkey;
alter table consents drop constraint consents_organization_id_fkey;

-- After an import that was rolled back, and autovacuum, PostgreSQL takes a table of many pages for one without rows, and then every
-- index of it for as good as its key: each foreign key that the next import checks would read a whole one. Whoever fills
-- such a table asks for statistics of it first; only its owner may gather them. Others who ask meanwhile wait for the end of the
-- transaction; tables whose statistics say anything are left alone.
create function know_rows(filled text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if filled in ('leads', 'conversations')
       and (select c.relpages > 0 and c.reltuples <= 0 from pg_class c where c.oid = filled::regclass) then
        execute format('analyze %I', filled);
    end if;
end $$;
revoke execute on function know_rows from public;
grant execute on function know_rows to overture_engine;
