"""Effects leave through here: a row written with the change, delivered after the commit."""
