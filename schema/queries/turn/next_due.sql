select mailbox, delivery from next_due()
