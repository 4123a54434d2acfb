-- As no organization: the form says which one it is.
select organization_of_form($1::uuid) as organization_id
