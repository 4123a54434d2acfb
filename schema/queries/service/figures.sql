select queue, waiting, oldest from figures($1::timestamptz, $2::integer)
