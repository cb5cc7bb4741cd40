"""Promises in time: opening hours, running clocks, and the sweep that finds the late ones."""
