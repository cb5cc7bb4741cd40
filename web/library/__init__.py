"""The wiki's pages: the public's help, and the agents' shelf."""
