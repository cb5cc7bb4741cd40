"""The first page after signing in: what do I do next?"""
