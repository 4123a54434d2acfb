-- With the campaign's version, or with the one that has a share of its new conversations.
insert into conversations (organization_id, conversation_id, campaign_id, lead_id, version, stage, state, channel, created_at,
                           updated_at)
select $1::uuid, $2::uuid, $3::uuid, $4::uuid, coalesce(s.version, $5), coalesce(s.inbound_stage, $6), 'open', $7,
       $8::timestamptz, $8::timestamptz
from (select 1) one
left join campaign_shares s on s.organization_id = $1::uuid and s.campaign_id = $3::uuid
                               and share_of_lead($3::uuid, $4::uuid) < s.percent
on conflict (campaign_id, lead_id, organization_id) do update set channel = excluded.channel
returning conversation_id
