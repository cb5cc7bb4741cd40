"""Directorates that work by mail: the verbs of the others, by reply or on a signed page."""
