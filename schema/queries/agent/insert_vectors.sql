insert into knowledge_vectors (organization_id, model, passage, vector, created_at)
select $1::uuid, $2, x.passage,
       array(select v.number::real from jsonb_array_elements_text(x.vector) with ordinality as v (number, place)
             order by v.place),
       $4::timestamptz
from jsonb_to_recordset($3::jsonb) as x (passage text, vector jsonb)
on conflict (organization_id, model, passage) do nothing
