"""Processes killed at the worst moments: nothing may be lost, nothing done twice."""
