-- Leads found by part of their name or company: their words, without case and accents, each found by its beginning. A table of words and
-- plain comparisons, since row-level security lets no other operator into an index's condition (decision 40).

create extension if not exists unaccent;

-- "Élodie  O'Neill-Łoś" → "elodie o neill los".
create function plain_words(said text) returns text
    language sql stable strict parallel safe
    return trim(regexp_replace(lower(public.unaccent(lower(said))), '[^[:alnum:]]+', ' ', 'g'));

create table lead_words (
    organization_id uuid not null,
    lead_id         uuid not null,
    word            text not null collate "C",     -- of first name, last name or company; of a long one the first 60 letters
    primary key (organization_id, lead_id, word)
);
create index lead_words_said on lead_words (organization_id, word, lead_id desc);
alter table lead_words enable row level security;
create policy own_organization on lead_words to overture_engine
    using (organization_id = (select current_organization()))
    with check (organization_id = (select current_organization()));
grant select on lead_words to overture_engine;

-- Thirty words of one lead at most: a company's name may be a thousand letters.
create function lead_words_of(first_name text, last_name text, company text) returns setof text
    language sql stable parallel safe
begin atomic
    select distinct left(w.word, 60)
    from (select s.word from string_to_table(plain_words(concat_ws(' ', first_name, last_name, company)), ' ') as s (word) limit 30) w
    where w.word <> '';
end;

-- Nobody who writes leads can forget their words.
create function say_lead_words() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
as $$
begin
    if tg_op = 'UPDATE' then
        delete from lead_words w
        using before_it b join after_it a on a.organization_id = b.organization_id and a.lead_id = b.lead_id
        where w.organization_id = b.organization_id and w.lead_id = b.lead_id
          and (a.first_name, a.last_name, a.company) is distinct from (b.first_name, b.last_name, b.company);
        insert into lead_words (organization_id, lead_id, word)
        select a.organization_id, a.lead_id, w.word
        from before_it b join after_it a on a.organization_id = b.organization_id and a.lead_id = b.lead_id,
             lead_words_of(a.first_name, a.last_name, a.company) as w (word)
        where (a.first_name, a.last_name, a.company) is distinct from (b.first_name, b.last_name, b.company);
    elsif tg_op = 'INSERT' then
        insert into lead_words (organization_id, lead_id, word)
        select a.organization_id, a.lead_id, w.word
        from after_it a, lead_words_of(a.first_name, a.last_name, a.company) as w (word);
    else
        delete from lead_words w using before_it b where w.organization_id = b.organization_id and w.lead_id = b.lead_id;
    end if;
    return null;
end $$;
create trigger leads_inserted after insert on leads referencing new table as after_it
    for each statement execute function say_lead_words();
create trigger leads_updated after update on leads referencing old table as before_it new table as after_it
    for each statement execute function say_lead_words();
create trigger leads_deleted after delete on leads referencing old table as before_it
    for each statement execute function say_lead_words();

insert into lead_words (organization_id, lead_id, word)
select l.organization_id, l.lead_id, w.word from leads l, lead_words_of(l.first_name, l.last_name, l.company) as w (word);
