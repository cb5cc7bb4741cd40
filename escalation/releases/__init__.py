"""Families of procedures put on line together: when, where, with which documents, and how ready."""
