-- Since when a campaign has been in its state.
alter table campaigns add column state_since timestamptz;
update campaigns set state_since = created_at;

-- The latest minute that a permit was for: a clock set back does not open a window again.
alter table permit_heads add column newest timestamptz;
update permit_heads h set newest = (select max(p.minute) from permits p where p.organization_id = h.organization_id);
