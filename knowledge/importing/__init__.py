"""Articles that come from elsewhere: each import shows its differences before it writes."""
