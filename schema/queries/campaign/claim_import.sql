select organization_id, import_id, tries from claim_import($1::timestamptz, $2::interval)
