-- The bindings of plugins that are asked for what came in, over all organizations.
create index bindings_plugin on bindings (plugin, organization_id, binding_id);
create function bindings_of_plugins(wanted text[]) returns table (organization_id uuid, binding_id uuid)
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query select b.organization_id, b.binding_id from bindings b where b.plugin = any(wanted);
end $$;
revoke execute on function bindings_of_plugins from public;
grant execute on function bindings_of_plugins to overture_engine;
