-- As no organization: the token says which one it is.
select organization_id, token_id, user_id from user_token_with($1)
