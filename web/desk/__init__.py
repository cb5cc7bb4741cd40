"""Where agents work: the queue, the ticket, the call."""
