-- They do not want to be recorded: what there is of this call goes, and its storage is told to forget it. Nothing when they said so before.
with refused as (
    update calls set recording = 'refused'
    where organization_id = $1::uuid and call_id = $2::uuid and recording is distinct from 'refused'
    returning organization_id, call_id, conversation_id
), gone as (
    delete from recordings r using refused c
    where r.organization_id = c.organization_id and r.call_id = c.call_id
), people as (
    select l.organization_id, l.lead_id, l.phone
    from refused c
    join conversations v on v.organization_id = c.organization_id and v.conversation_id = c.conversation_id
    join leads l on l.organization_id = v.organization_id and l.lead_id = v.lead_id
), kept as (
    update leads l set recording_refused_at = $3::timestamptz
    from people p
    where l.organization_id = p.organization_id and (l.lead_id = p.lead_id or l.phone = p.phone) and l.recording_refused_at is null
)
select conversation_id from refused
