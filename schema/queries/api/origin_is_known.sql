select origin_is_known($1) as known
