"""A realistic archive in bulk, to measure against: the same for the same seed."""
