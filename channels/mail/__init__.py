"""Mail: understood on the way in, composed and delivered on the way out.

Everything in this package that does not touch the database is pure and can be used alone:
``parsing.parse`` never raises, ``composing.compose`` never lets a header be injected.
"""
