-- Leads of which a word begins with $2 and others with each of $3: by the word that fits, the newest first; after the word $4 (of the lead
-- $5), where a page ended. A lead stands at the first of its words that fit. Of many that begin with $2, the next 2,000 are looked at.
-- Subqueries that are counted stay what they are: a join would be planned for more rows than a page has.
select l.lead_id, l.external_id, l.first_name, l.last_name, l.phone, l.email, l.country, l.state, l.postal_code, l.zone,
       l.language, l.company, l.title, l.custom, l.created_at, f.word
from (select w.word, w.lead_id
      from (select word, lead_id from lead_words
            where organization_id = $1::uuid and word >= $2::text and word < $2::text || chr(1114111)
              and word >= $4::text and (word > $4::text or lead_id < $5::uuid)
            order by word, lead_id desc
            limit 2000) w
      where (select count(*) from lead_words b
             where b.organization_id = $1::uuid and b.lead_id = w.lead_id and b.word >= $2::text and b.word < w.word) = 0
        and (select count(*) from unnest($3::text[]) as p (word)
             where (select count(*) from lead_words o
                    where o.organization_id = $1::uuid and o.lead_id = w.lead_id
                      and o.word >= p.word and o.word < p.word || chr(1114111)) = 0) = 0
      order by w.word, w.lead_id desc
      limit $6::integer) f
join leads l on l.organization_id = $1::uuid and l.lead_id = f.lead_id
order by f.word, f.lead_id desc
