"""The door for programmes: JSON, bearer tokens, problem documents."""
