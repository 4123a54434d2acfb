-- How many words begin with each of $2, up to 5,000: the rarest is where a search begins.
select (select count(*) from (select from lead_words w
                              where w.organization_id = $1::uuid and w.word >= p.word and w.word < p.word || chr(1114111)
                              limit 5000) as enough) as found
from unnest($2::text[]) with ordinality as p (word, place)
order by p.place
