-- Its figures stay.
update imports set report = report || '{"notes": [], "remarks": []}'
where organization_id = $1::uuid and import_id = any($2::uuid[])
