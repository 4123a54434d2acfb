update organizations set settings = settings || $2::jsonb where organization_id = $1::uuid
