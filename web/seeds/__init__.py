"""Reference data that every installation starts with, as files that are read and planted."""
