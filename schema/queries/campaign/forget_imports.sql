select forget_imports($1::timestamptz) as gone
