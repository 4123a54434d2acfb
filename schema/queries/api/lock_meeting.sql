select meeting_id from meetings where organization_id = $1::uuid and meeting_id = $2::uuid for no key update
