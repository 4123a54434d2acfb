select feed_life() as life, pg_current_snapshot()::text as seen
