delete from budgets
where organization_id = $1::uuid and scope = $2 and period = $3 and campaign_id = $4::uuid
