"""Receiving people: places and their hours, appointments, what was done there."""
