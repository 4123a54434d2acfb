-- What the person really heard of what was said in a call: of its opening ($3), else of the latest message with these words of which
-- it is not known yet.
update messages m
set details = m.details || jsonb_build_object('heard', $5::text)
where m.organization_id = $1::uuid and m.conversation_id = $2::uuid
  and m.number = (select max(x.number) from messages x
                  where x.organization_id = $1::uuid and x.conversation_id = $2::uuid and x.direction = 'out'
                    and not x.details ? 'heard'
                    and (x.delivery_id = $3::uuid
                         or ($3::uuid is null and x.details ->> 'call' = $6 and x.text = $4)))
returning m.number
