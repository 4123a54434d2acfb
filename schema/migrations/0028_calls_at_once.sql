-- How many calls of a binding may run at once in one engine; null: as many as the engine has by itself.
alter table bindings add column calls_at_once integer check (calls_at_once between 1 and 20000);
