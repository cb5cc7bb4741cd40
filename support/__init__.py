"""What helping a person means: people, promises, tickets. Nothing of pages or mail servers."""
