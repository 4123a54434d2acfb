select t.state, t.fence, t.opened, t.outcome,
       (select coalesce(jsonb_agg(jsonb_build_array(s.kind, s.request_hash, s.result) order by s.step_number), '[]')
        from steps s
        where s.organization_id = t.organization_id and s.conversation_id = t.conversation_id
          and s.turn_number = t.turn_number) as steps,
       (select coalesce(jsonb_agg(jsonb_build_array(d.delivery_id, d.text) order by d.delivery_id), '[]')
        from deliveries d
        where d.organization_id = t.organization_id and d.conversation_id = t.conversation_id
          and d.turn_number = t.turn_number) as deliveries
from turns t
where t.organization_id = $1::uuid and t.conversation_id = $2::uuid and t.turn_number = $3::integer
