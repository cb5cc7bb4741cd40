"""A request for help, from the first word to the answer."""
