select scope, period, limit_micros, currency, spent_micros, reserved_micros
from reserve_money($1::uuid, $4::uuid[], $5::integer[], $6::uuid[], $7::bigint[], $8::text[], $2::timestamptz, $3::interval)
