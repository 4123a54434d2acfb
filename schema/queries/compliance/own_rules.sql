select settings -> 'rules' as own from organizations where organization_id = $1::uuid
