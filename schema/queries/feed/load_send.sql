select s.send_id, s.endpoint_id, s.kind, s.at, s.data, s.tries, s.created_at, e.url, e.secrets, e.secret_before_until, e.failures,
       e.failing_since, m.text
from endpoint_sends s
join endpoints e on e.organization_id = s.organization_id and e.endpoint_id = s.endpoint_id
left join messages m on m.organization_id = s.organization_id and s.kind like 'message.%'
                        and m.conversation_id = (s.data ->> 'conversation')::uuid and m.number = (s.data ->> 'number')::integer
where s.organization_id = $1::uuid and s.send_id = $2::uuid and s.state = 'due'
