-- The last of the words that leads_named looks at, where there are more.
select word, lead_id
from lead_words
where organization_id = $1::uuid and word >= $2::text and word < $2::text || chr(1114111)
  and word >= $3::text and (word > $3::text or lead_id < $4::uuid)
order by word, lead_id desc
offset 1999 limit 1
