select forget_feed($1::timestamptz, $2::integer) as gone
