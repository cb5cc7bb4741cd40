"""Search: what people type, the index that follows the database, and a ranking of our own."""
