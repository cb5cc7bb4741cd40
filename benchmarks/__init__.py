"""Measures on this machine, now: run by `make bench`, never by the tests."""
