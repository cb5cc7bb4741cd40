"""What we know: articles, the search that finds them, and what brings them in."""
