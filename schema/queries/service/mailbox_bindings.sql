-- As no organization: of every one.
select organization_id, binding_id from bindings_of_plugins($1::text[]) order by binding_id
