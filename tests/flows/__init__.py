"""Stories through the real doors, without a browser, on both databases."""
