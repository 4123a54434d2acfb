-- sealed: $4 imports.name $6 imports.csv
insert into imports (organization_id, import_id, campaign_id, name, region, csv, request, created_at)
select $1::uuid, $2::uuid, $3::uuid, $4, $5, $6, $7, $8::timestamptz
where (select count(*) from imports
       where organization_id = $1::uuid and state in ('waiting', 'running', 'planning')) < $9::integer
