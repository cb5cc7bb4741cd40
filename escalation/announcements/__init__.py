"""Releases, incidents and news for those they concern, with who has read them."""
