"""Text messages: the gateway that takes them away, and what they say."""
