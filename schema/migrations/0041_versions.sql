-- How many conversations run on a version, counted up to a bound by an index.
create index conversations_of_version on conversations (version, organization_id) where state <> 'closed';
