"""The public form: kept as it was sent, then turned into a ticket."""
