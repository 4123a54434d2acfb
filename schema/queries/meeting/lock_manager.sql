select manager_id from account_managers
where organization_id = $1::uuid and manager_id = $2::uuid
for no key update
