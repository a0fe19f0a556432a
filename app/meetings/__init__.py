"""The clarification meeting: when it suits, what is asked, what was said, and that both sides stand by it."""
