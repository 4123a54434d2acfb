select manager_id, name, email, zone, hours
from account_managers
where organization_id = $1::uuid
order by email
