-- Nothing of an organization: what PostgreSQL knows of a table that an import has filled and goes on to point at.
select know_rows($1) as known
