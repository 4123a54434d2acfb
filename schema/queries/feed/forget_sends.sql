select forget_sends($1::timestamptz, $2::integer) as gone
