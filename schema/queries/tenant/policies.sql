select organization_id, budgeted, settings from organization_policies()
