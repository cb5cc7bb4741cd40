"""Whole stories in a real Chromium, against the product running as it runs in production."""
