-- Until when a text may be sent as it is: its channel's window. After it the conversation is told, and says it otherwise.
alter table deliveries add column good_until timestamptz;
