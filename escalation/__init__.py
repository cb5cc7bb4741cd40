"""When somebody else must act: who is next, what they must know, and the way back."""
