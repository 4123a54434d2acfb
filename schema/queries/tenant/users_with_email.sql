select organization_id, organization, user_id, password, known
from users_with_email($1, $2, $3::timestamptz)
