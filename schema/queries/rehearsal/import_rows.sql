select line, outcome, reason from import_rows
where organization_id = $1::uuid and campaign_id = $2::uuid order by line
