select uncount_guesses($1::text[])
