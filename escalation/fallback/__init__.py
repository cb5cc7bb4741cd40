"""Filing otherwise than on line: the proof of every step taken, and what became of the request."""
