-- How many wait for their first touch, $3 at most.
select count(*) as people
from (select from conversations c
      where c.organization_id = $1::uuid and c.campaign_id = $2::uuid and c.state = 'open'
        and c.message_count = 0 and c.turn_count = 0
      limit $3::integer) x
