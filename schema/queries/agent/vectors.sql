select passage, array_to_json(vector) as vector
from knowledge_vectors
where organization_id = $1::uuid and model = $2 and passage = any($3::text[])
