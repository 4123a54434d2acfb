select next_due() as at
