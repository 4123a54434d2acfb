delete from slot_offers
where organization_id = $1::uuid and conversation_id = $2::uuid
