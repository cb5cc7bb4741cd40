"""A centre at work, invented: everything that the demonstration shows."""
