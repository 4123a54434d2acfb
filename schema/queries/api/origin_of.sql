select settings -> 'origins' ? $2 as own from organizations where organization_id = $1::uuid
