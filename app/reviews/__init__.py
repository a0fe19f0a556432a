"""Who assesses an application, what they found, and what was said about it in the clarification meeting."""
