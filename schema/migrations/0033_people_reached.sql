-- Whom a binding has written to within a day.
create index deliveries_reached on deliveries (organization_id, binding_id, sent_at) where sent_at is not null;
