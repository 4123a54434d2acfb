-- organization_id: of every organization, by a function of the database.
select organization_id, campaign_id, version, percent from all_shadows()
