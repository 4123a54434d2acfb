-- Of all organizations: whose people's words are sealed.
select organization_id from organizations where settings -> 'sealed' = 'true'
