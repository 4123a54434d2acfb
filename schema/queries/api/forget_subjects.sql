-- Another issuer has other people.
update users set subject = null
where organization_id = $1::uuid and subject is not null
  and not exists (select from issuers i where i.organization_id = $1::uuid and i.issuer = $2)
