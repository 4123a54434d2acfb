select erase_people($1::uuid, $2::uuid[], $3::text[], $4::text[], $5::boolean, $6::timestamptz) as done
