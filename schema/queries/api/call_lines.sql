select number, who, text, kind, from_ms, to_ms, confidence, words
from call_lines
where organization_id = $1::uuid and call_id = $2::uuid
order by number
