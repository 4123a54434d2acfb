with gone as (
    delete from reservations
    where organization_id = $1::uuid and not exists (select from budgets b where b.organization_id = $1::uuid)
)
delete from budget_usage
where organization_id = $1::uuid and not exists (select from budgets b where b.organization_id = $1::uuid)
