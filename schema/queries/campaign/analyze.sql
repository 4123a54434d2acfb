-- Fresh statistics of what an import has filled. Without them PostgreSQL takes an organization_id for as rare as a key and
-- reads a whole organization for one row. Tables of another owner are left alone, with a warning.
analyze leads, lead_words, consents, conversations, mailboxes, events
