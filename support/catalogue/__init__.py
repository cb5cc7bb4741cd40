"""What people ask about: procedures and contact reasons, as data."""
