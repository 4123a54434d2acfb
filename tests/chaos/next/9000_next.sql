-- What a next version might bring, by the rule of docs/operations.md: columns with defaults, an index and a function on the tables that every turn
-- writes, and a trigger that fills what the version before does not know of. Only the program of tests/chaos/upgrade.cpp has it.
alter table messages add column mood text not null default 'unknown';
alter table conversations add column next_look timestamptz;
create index messages_of_mood on messages (conversation_id, mood, organization_id) where direction = 'in';
create function note_mood() returns trigger language plpgsql as $$
begin
    new.mood := case when new.text like '%!%' then 'loud' else 'calm' end;
    return new;
end $$;
create trigger messages_mood before insert on messages for each row execute function note_mood();
