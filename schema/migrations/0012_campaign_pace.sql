-- When touches are made that say no time of their own: {"best_hours", "patience", "warm_up"}.
alter table campaigns add column pace jsonb not null default '{}';
