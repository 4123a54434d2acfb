-- sealed: $5 call_lines.text[] $10 call_lines.words[]
insert into call_lines (organization_id, call_id, number, who, text, kind, from_ms, to_ms, confidence, words)
select $1::uuid, g.call_id, g.number, g.who, g.text, g.kind, g.from_ms, g.to_ms, g.confidence, g.words::jsonb
from unnest($2::uuid[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::double precision[],
            $10::text[])
    as g (call_id, number, who, text, kind, from_ms, to_ms, confidence, words)
on conflict do nothing
