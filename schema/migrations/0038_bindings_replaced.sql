-- How often a binding was replaced: an engine that has it open knows by it that another one was written. A secret that its vendor
-- renews is no replacement.
alter table bindings add column version integer not null default 1;
