-- Who does not want to be recorded. It stands with the person's lead: all leads of an organization that share the phone are one person.
alter table leads add column recording_refused_at timestamptz;
create index leads_recording_refused on leads (organization_id, phone) where recording_refused_at is not null;
