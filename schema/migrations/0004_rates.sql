-- What organizations have decided about money, models and rates, for those that have decided anything.
drop index organizations_with_models;
create index organizations_with_settings on organizations (organization_id) where settings <> '{}';
create or replace function organization_policies() returns table (organization_id uuid, budgeted boolean, settings jsonb)
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select o.organization_id, exists (select from budgets b where b.organization_id = o.organization_id), o.settings
    from organizations o
    where o.organization_id in (select b.organization_id from budgets b
                                union select x.organization_id from organizations x where x.settings <> '{}');
end $$;
