select name, count, ends_at from count_guesses($1::text[], $2::timestamptz, $3::interval)
