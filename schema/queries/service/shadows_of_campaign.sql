-- Each turn that a shadow was asked to decide, with what was decided and what the shadow would have.
select s.conversation_id, s.turn_number, s.version, s.state, s.decision, s.problem, t.outcome,
       (select coalesce(jsonb_agg(jsonb_build_array(d.delivery_id, d.text) order by d.delivery_id), '[]')
        from deliveries d
        where d.organization_id = s.organization_id and d.conversation_id = s.conversation_id
          and d.turn_number = s.turn_number) as deliveries,
       (select coalesce(sum(x.cost_micros), 0) from steps x
        where x.organization_id = s.organization_id and x.conversation_id = s.conversation_id
          and x.turn_number = -s.turn_number) as cost_micros
from shadow_turns s
join conversations c on c.organization_id = s.organization_id and c.conversation_id = s.conversation_id
join turns t on t.organization_id = s.organization_id and t.conversation_id = s.conversation_id
                and t.turn_number = s.turn_number
where s.organization_id = $1::uuid and c.campaign_id = $2::uuid
order by s.conversation_id, s.turn_number
