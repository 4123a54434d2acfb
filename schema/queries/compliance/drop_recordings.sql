-- The sound of calls before then ($4: of conversations that are closed, since then). Its storage forgets it after this.
with old as (
    select r.call_id, r.part
    from recordings r
    join calls k on k.organization_id = r.organization_id and k.call_id = r.call_id
    join conversations c on c.organization_id = k.organization_id and c.conversation_id = k.conversation_id
    where r.organization_id = $1::uuid and r.began_at < $2::timestamptz
      and (not $4::boolean or (c.state = 'closed' and c.updated_at < $2::timestamptz))
    order by r.call_id, r.part
    limit $3::integer
)
delete from recordings r using old
where r.organization_id = $1::uuid and r.call_id = old.call_id and r.part = old.part
