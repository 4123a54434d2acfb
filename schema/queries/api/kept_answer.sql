select request_hash, status, answer
from api_answers
where organization_id = $1::uuid and key_id = $2::uuid and idempotency_key = $3
