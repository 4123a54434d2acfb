select forget_sends($1::timestamptz) as gone
