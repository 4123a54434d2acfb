-- Nothing of an organization: what somebody searches for, as leads' words are kept.
select plain_words($1) as words
