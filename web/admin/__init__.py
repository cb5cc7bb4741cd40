"""Accounts, teams, the chain, and what was given up: counts and causes, never contents."""
