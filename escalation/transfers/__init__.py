"""Requests that another authority must answer: passed on to it, and the person told (the law)."""
