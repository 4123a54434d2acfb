-- One migrating program at a time; the number is ours.
select pg_advisory_xact_lock(7311624085)
