select settle_money($1::uuid, array[$2::uuid], array[$3::integer])
