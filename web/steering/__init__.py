"""Figures: counts only, never a person."""
