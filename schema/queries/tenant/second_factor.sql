select second_factor, second_factor_at, second_factor_step
from users
where organization_id = $1::uuid and user_id = $2::uuid
