select settle_feed() as emptied
