"""Telephone calls noted by those who take them: kept as noted, then put on a ticket."""
