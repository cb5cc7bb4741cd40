"""What came in, kept as it came, before anybody understands it."""
