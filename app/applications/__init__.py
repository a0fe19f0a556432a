"""Applications of the offices, from the first draft to the end of the screening."""
