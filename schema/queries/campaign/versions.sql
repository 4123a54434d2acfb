select v.version, v.playbook, v.published_at,
       (select count(*) from (select from conversations c
                              where c.organization_id = $1::uuid and c.version = v.version and c.state <> 'closed'
                              limit 1000) as enough) as conversations,
       (select array_agg(k.name order by k.name) from campaigns k
        where k.organization_id = v.organization_id and k.version = v.version) as campaigns,
       (select array_agg(s.percent || ' % of ' || k.name order by k.name)
        from campaign_shares s
        join campaigns k on k.organization_id = s.organization_id and k.campaign_id = s.campaign_id
        where s.organization_id = v.organization_id and s.version = v.version) as shares
from playbook_versions v
where v.organization_id = $1::uuid
order by v.published_at desc, v.version
