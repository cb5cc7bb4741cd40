"""Doors and windows: pages, the worker, the command line. No rule of the domain lives here."""
