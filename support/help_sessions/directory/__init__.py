"""The published directories of places: what other doors there are, and how old that is."""
