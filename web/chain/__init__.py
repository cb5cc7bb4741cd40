"""Reports from the sites, visits at a counter, and what is with another level."""
